import Basics
import Checking
import Histories
import Testing

@testable import Checkers

/// What replicas show at the end is no answer of the service.
struct ReplicaReadTests {
  /// Two numbers are read from the service, then one replica still shows the first.
  private func history(isFinal: Bool, at nodes: [String]) -> History {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1)
    sketch.call(0, "read", nil, 1)
    sketch.call(0, "write", 2)
    sketch.call(0, "read", nil, 2)
    for (place, node) in nodes.enumerated() {
      sketch.call(
        1 + place, "read", nil, place == 0 ? 2 : 1, node: node, isFinal: isFinal)
    }
    return sketch.history()
  }

  private func verdict(_ name: String, _ history: History) throws -> Verdict {
    let type = try #require(Catalogue.checker(named: name))
    let settings = name == "staleness" ? Settings(["bound": .duration(.zero)]) : .none
    return try type.init(settings).judge(history, within: .unlimited).verdict
  }

  static let ofRecency = ["linearizable", "monotonic", "staleness"]

  @Test(arguments: ofRecency) func aReplicaThatLagsAtTheEndIsNoStaleAnswer(name: String) throws {
    #expect(try verdict(name, history(isFinal: true, at: ["a", "b"])) == .valid)
    #expect(try verdict(name, history(isFinal: false, at: ["a", "b"])) == .invalid)
  }

  @Test(arguments: ofRecency) func theServiceAskedAsAWholeAnswersForItself(name: String) throws {
    #expect(try verdict(name, history(isFinal: true, at: ["service"])) == .valid)
    var sketch = HistorySketch()
    sketch.call(0, "write", 1)
    sketch.call(0, "write", 2)
    sketch.call(0, "read", nil, 2)
    sketch.call(1, "read", nil, 1, node: "service", isFinal: true)
    #expect(try verdict(name, sketch.history()) == .invalid)
  }

  @Test func thatReplicasDifferIsStillSeen() throws {
    #expect(try verdict("converges", history(isFinal: true, at: ["a", "b"])) == .invalid)
  }
}
