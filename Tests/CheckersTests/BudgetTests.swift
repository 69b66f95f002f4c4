import Basics
import Checking
import Histories
import Synchronization
import Testing

@testable import Checkers

/// A spent budget is never a valid verdict, of any checker.
struct BudgetTests {
  static let names = Catalogue.all.map { $0.name }
  private static let clients = 20

  /// A history in which every checker finds something to judge, and which is legal.
  private func history() -> History {
    var sketch = HistorySketch()
    for number in 0..<400 {
      let value = Sketched.integer(Int64(number))
      let process = number % Self.clients
      sketch.call(process, "add", value, node: "a", key: 1)
      sketch.call(process, "write", value, node: "a", key: 2)
      sketch.call(process, "read", nil, value, node: "b", key: 2)
      sketch.call(process, "generate", nil, value, node: "a")
      sketch.call(process, "enqueue", value, node: "a", key: 3)
      sketch.call(process, "dequeue", nil, value, node: "a", key: 3)
      sketch.call(
        process, "txn", [[.symbol("append"), 7, value]], [[.symbol("append"), 7, value]])
    }
    sketch.call(1, "read", nil, .integers(0..<400), node: "a", key: 1, isFinal: true)
    sketch.see(.owner, "s", "a", "held", at: 1)
    return sketch.history()
  }

  private func checker(_ name: String) throws -> any Checker {
    var settings = Settings.none
    for (key, text) in EveryCheckerTests.required[name] ?? [:] {
      let kind = try #require(Catalogue.checker(named: name)?.schema.key(named: key)).kind
      settings[key] = kind.read(text)
    }
    return try #require(Catalogue.checker(named: name)).init(settings)
  }

  @Test(arguments: names) func aSpentBudgetIsNeverValid(name: String) throws {
    let found = try checker(name).judge(
      history(), within: Budget(memoryBytes: .max) { true })
    #expect(found.verdict == .unknown, "\(found.summary)")
    #expect(found.summary.contains("the time budget was spent"), "\(found.summary)")
  }

  @Test(arguments: names) func tooLittleMemoryIsNeverValid(name: String) throws {
    let found = try checker(name).judge(history(), within: Budget(memoryBytes: 1000) { false })
    #expect(found.verdict == .unknown, "\(found.summary)")
    #expect(found.summary.contains("memory budget"), "\(found.summary)")
  }

  /// The time may be up anywhere: what was judged until then decides, and a checker that could
  /// have gone on says that it did not.
  @Test(arguments: Catalogue.data.map { $0.name })
  func aBudgetSpentOnTheWayIsNeverWrong(name: String) throws {
    let history = history()
    let whole = try checker(name).judge(history, within: .unlimited).verdict
    for limit in [1, 2, 3, 5, 10] {
      let clock = Countdown(limit)
      let found = try checker(name).judge(
        history, within: Budget(memoryBytes: .max) { clock.tick() })
      #expect(found.verdict == whole || found.verdict == .unknown, "\(found.summary)")
    }
  }
}

/// Says that the time is up after it was asked some times.
private final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ limit: Int) { left = Mutex(limit) }

  func tick() -> Bool {
    left.withLock {
      $0 -= 1
      return $0 < 0
    }
  }
}
