import Basics
import Checking
import Linearizability
import Glibc
import Histories

/// The linearizability checker on generated histories: time and memory of checking alone.
enum LinearizabilityBench {
  private struct Case {
    let name: String
    let model: String
    let aimMilliseconds: Double
    let generator: RegisterGenerator
    var rounds = 5
  }

  private static let cases = [
    Case(
      name: "kv, 1,000 keys, 1,000,000 operations", model: "kv", aimMilliseconds: 350,
      generator: .init(clients: 25, operations: 1_000_000, keys: 1000)),
    Case(
      name: "register, 100,000 operations, 50 clients", model: "register", aimMilliseconds: 15,
      generator: .init(clients: 50, operations: 100_000)),
    Case(
      name: "register, 1,000,000 operations, 10 clients", model: "register",
      aimMilliseconds: 100, generator: .init(clients: 10, operations: 1_000_000)),
    Case(
      name: "register, 1,000 operations, 20 unknown, one stale", model: "register",
      aimMilliseconds: 10,
      generator: .init(
        clients: 25, operations: 1000, unknown: 0.1, maximumUnknown: 20, staleAt: 0.9)),
    Case(
      name: "the same, as a cas-register with cas", model: "cas-register",
      aimMilliseconds: 10,
      generator: .init(
        clients: 25, operations: 1000, unknown: 0.1, maximumUnknown: 20, cas: 0.1,
        staleAt: 0.9)),
    Case(
      name: "regdup, 10,000 operations, 10 clients", model: "cas-register",
      aimMilliseconds: 100,
      generator: .init(clients: 10, operations: 10_000, cas: 0.2, distinctValues: 5)),
    Case(
      name: "regdup, 10,000 operations, 25 clients", model: "cas-register",
      aimMilliseconds: 10_000,
      generator: .init(clients: 25, operations: 10_000, cas: 0.2, distinctValues: 5),
      rounds: 1),
  ]

  /// Time on a processor: what other work on the machine disturbs least.
  private static func processorTime() -> Duration {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Prints one line a case: the least processor time of several rounds, what was decided, and
  /// the aim.
  static func run() throws {
    for entry in cases {
      let history = entry.generator.history()
      let checker = try Linearizable(Settings(["model": .text(entry.model)]))
      let clock = ContinuousClock()
      var least = Duration.seconds(1_000_000)
      var finding: Finding?
      for _ in 0..<entry.rounds {
        let deadline = clock.now.advanced(by: .seconds(10))
        let budget = Budget(memoryBytes: 2 << 30) { ContinuousClock.now > deadline }
        let start = processorTime()
        finding = checker.check(history, within: budget)
        least = min(least, processorTime() - start)
      }
      guard let finding else { continue }
      print(
        "\(entry.name): \(finding.verdict), \(least.milliseconds) ms "
          + "(aim \(entry.aimMilliseconds)), "
          + "\((finding.figures["configurations"] ?? 0).text()) configurations, "
          + "\((finding.figures["search-bytes"] ?? 0).text()) bytes")
    }
  }
}
