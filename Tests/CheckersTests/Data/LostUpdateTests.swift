import Basics
import Checking
import Histories
import Testing

@testable import Checkers

struct LostUpdateTests {
  private func found(_ sketch: HistorySketch, _ settings: [String: String] = [:]) throws -> Finding
  {
    try finding("lost-update", sketch.history(), settings)
  }

  @Test func twoThatReplacedTheSameAreListedWithTheirPlaces() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 5, key: "x")
    sketch.call(0, "cas", [5, 7], node: "a", key: "x")
    sketch.call(1, "cas", [5, 9], node: "b", key: "x")
    let found = try found(sketch)
    #expect(found.kinds == ["lost update"])
    #expect(found.evidence[0].operations == [1, 2])
    #expect(
      found.summary.contains(
        "5 of key \"x\" was there once and was replaced 2 times, by 7 at a and 9 at b"),
      "\(found.summary)")
  }

  @Test func ofEachKeyItIsAskedByItself() throws {
    var sketch = HistorySketch()
    for key in ["x", "y"] {
      sketch.call(0, "write", 5, key: .init(stringLiteral: key))
      sketch.call(0, "cas", [5, 7], key: .init(stringLiteral: key))
    }
    #expect(try found(sketch).verdict == .valid)
  }

  /// What failed did nothing; what is unknown may have put its value there, and proves no replacement.
  @Test(arguments: [Histories.Operation.Outcome.fail, .info])
  func whatIsNotKnownToHaveHappenedIsNotLost(outcome: Histories.Operation.Outcome) throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 5)
    sketch.call(0, "cas", [5, 7])
    sketch.call(1, "cas", [5, 9], nil, outcome)
    #expect(try found(sketch).verdict == .valid)
    sketch.call(0, "cas", [7, 5], nil, outcome)
    sketch.call(2, "cas", [5, 11])
    #expect(try found(sketch).verdict == (outcome == .fail ? .invalid : .valid))
  }

  @Test func whatIsThereAtFirstMayBeReplacedOnceMore() throws {
    var sketch = HistorySketch()
    sketch.call(0, "cas", [nil, 1])
    sketch.call(0, "write", 0)
    sketch.call(0, "cas", [0, 2])
    #expect(try found(sketch).verdict == .valid)
    sketch.call(1, "cas", [0, 3])
    #expect(try found(sketch).verdict == .invalid)
    #expect(try found(sketch, ["initial": "0"]).verdict == .valid)
    sketch.call(1, "cas", [nil, 4])
    #expect(try found(sketch).evidence.count == 2)
  }

  @Test func aReplacementByTheSameReplacesNothing() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 5)
    sketch.call(0, "cas", [5, 5])
    sketch.call(0, "cas", [5, 7])
    #expect(try found(sketch).verdict == .valid)
  }
}
