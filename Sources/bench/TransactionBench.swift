import Basics
import Checking
import Transactions
import Glibc
import Histories

/// How fast and in how much memory transactional histories are judged.
enum TransactionBench {
  /// Prints a line a history; `largest` bounds how many transactions one has.
  static func run(largest: Int = 1_000_000) {
    print("list-append: transactions, verdict, seconds to check (least of rounds), peak MB so far")
    for (count, rounds) in [(100_000, 3), (1_000_000, 2)] where count <= largest {
      measure(ListAppend.self, ListAppendGenerator(transactions: count), rounds, "legal")
      measure(
        ListAppend.self, ListAppendGenerator(transactions: count, hasStaleRead: true), rounds,
        "stale read")
    }
    print("rw-register: the same; of updates the order of versions is known, of blind writes not")
    for (kind, isKnown) in [("updates", true), ("blind writes", false)] {
      let generator = ListAppendGenerator(
        transactions: min(100_000, largest), isOfRegisters: true, readsBeforeWriting: isKnown)
      measure(RWRegister.self, generator, 3, kind)
    }
  }

  private static func measure(
    _ type: any Checker.Type, _ generator: ListAppendGenerator, _ rounds: Int, _ kind: String
  ) {
    let history = generator.history()
    guard let checker = try? type.init(.none) else { fatalError("no settings, and refused") }
    let before = peakMegabytes()
    var least = Double.infinity
    var verdict = Verdict.unknown
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      let duration = clock.measure { verdict = checker.check(history, within: .unlimited).verdict }
      least = min(
        least, Double(duration.components.attoseconds) / 1e18 + Double(duration.components.seconds))
    }
    print(
      "  \(generator.transactions) \(kind): \(verdict), \((least * 1000).rounded() / 1000) s, "
        + "peak \(peakMegabytes()) MB (\(before) MB before)")
  }

  private static func peakMegabytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
