internal import Basics

/// Which ledgers count a frame besides that of its pair; a number for each combination there was.
struct LedgerSet: Hashable {
  fileprivate let number: Int32

  /// No other counts it.
  static let none = LedgerSet(number: -1)
}

/// What the policies did that are about some of the frames of a way only: a ledger for each, wherever it
/// is at work.
struct PolicyLedgers {
  private var numbers: [String: Int] = [:]
  private var ledgers: [PairCounters] = []
  private var sets: [[Int]] = []
  private var known: [[Int]: LedgerSet] = [:]

  /// Begins a ledger for a policy; frames of before do not count for it.
  mutating func open(_ policy: String, at now: Instant) {
    numbers[policy] = ledgers.count
    var counters = PairCounters()
    counters.held = HoldingTimes(since: now)
    ledgers.append(counters)
  }

  /// Nobody asks for the policy's any more.
  mutating func close(_ policy: String) { numbers[policy] = nil }

  /// The ledger of a policy that is at work.
  func number(of policy: String) -> Int { numbers[policy] ?? 0 }

  /// What it did so far; nil when it is not at work.
  func counters(of policy: String) -> PairCounters? { numbers[policy].map { ledgers[$0] } }

  /// A number for these ledgers together.
  mutating func set(_ ledgers: [Int]) -> LedgerSet {
    if ledgers.isEmpty { return .none }
    if let set = known[ledgers] { return set }
    let set = LedgerSet(number: Int32(sets.count))
    sets.append(ledgers)
    known[ledgers] = set
    return set
  }

  /// Counts something in each ledger of a set.
  mutating func count(_ set: LedgerSet, _ change: (inout PairCounters) -> Void) {
    guard set.number >= 0 else { return }
    for ledger in sets[Int(set.number)] { change(&ledgers[ledger]) }
  }
}
