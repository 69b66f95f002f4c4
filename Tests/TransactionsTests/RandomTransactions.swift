import Basics

/// Small random histories of a database that is correct or, now and then, is not.
struct RandomTransactions {
  var chance: Chance
  let isLists: Bool
  /// How often a transaction reads an older state than it should.
  var staleness: Ratio
  /// Whether unknown and failed outcomes occur.
  var hasFailures = true
  /// Whether the intervals always hold the moment of effect, and failures never have one.
  var isStrict = false
  private var next = 0
  /// The states after each transaction, the initial one first; by key what was written, in order.
  private var states: [[Int: [Int]]] = [[:]]

  init(seed: UInt64, isLists: Bool, staleness: Ratio) {
    chance = Chance(seed: seed)
    self.isLists = isLists
    self.staleness = staleness
  }

  mutating func history(count: Int, keys: Int) -> [TestTransaction] {
    var result: [TestTransaction] = []
    var freeAt: [Int32: Int] = [:]
    for i in 0..<count {
      var (mops, outcome) = transaction(keys: keys)
      let effect = 20 * i + 100
      var start = effect - Int.random(in: 1...30, using: &chance)
      if !isStrict && chance.roll(Ratio(0.15)) {
        start += Int.random(in: -60...60, using: &chance)
      }
      let end = max(start, effect) + Int.random(in: 1...30, using: &chance)
      let process =
        (0..<3).first { (freeAt[Int32($0)] ?? 0) <= start && chance.roll(Ratio(0.7)) } ?? 10 + i
      freeAt[Int32(process)] = outcome == .info ? .max : end
      if isLists, outcome != .ok { mops.removeAll { if case .list = $0 { true } else { false } } }
      result.append(TestTransaction(Int32(process), start..<end, mops, outcome))
    }
    return result
  }

  /// A transaction that reads each key as it is in the end.
  func finalRead(keys: Int) -> TestTransaction {
    let state = states.last!
    let mops: [TestTransaction.Mop] = (0..<keys).map {
      isLists ? .list($0, state[$0] ?? []) : .read($0, state[$0]?.last)
    }
    return TestTransaction(99, 100_000..<100_001, mops)
  }

  private mutating func transaction(
    keys: Int
  ) -> ([TestTransaction.Mop], TestTransaction.OutcomeOfTest) {
    let snapshot =
      chance.roll(staleness)
      ? states[Int.random(in: max(0, states.count - 3)..<states.count, using: &chance)]
      : states.last!
    var seen = snapshot
    var own: [(key: Int, value: Int)] = []
    var mops: [TestTransaction.Mop] = []
    for _ in 0..<Int.random(in: 1...3, using: &chance) {
      let key = Int.random(in: 0..<keys, using: &chance)
      if chance.roll(Ratio(0.5)) {
        next += 1
        own.append((key, next))
        seen[key, default: []].append(next)
        mops.append(isLists ? .append(key, next) : .write(key, next))
      } else {
        mops.append(isLists ? .list(key, seen[key] ?? []) : .read(key, seen[key]?.last))
      }
    }
    let draw = hasFailures ? Int.random(in: 0..<12, using: &chance) : 11
    let outcome: TestTransaction.OutcomeOfTest = draw == 0 ? .fail : draw <= 2 ? .info : .ok
    let takesEffect =
      outcome == .ok || outcome == .info && draw == 1
      || outcome == .fail && !isStrict && chance.roll(Ratio(0.1))
    var state = states.last!
    if takesEffect { for write in own { state[write.key, default: []].append(write.value) } }
    states.append(state)
    return (mops, outcome)
  }
}

import Histories

extension TestTransaction {
  typealias OutcomeOfTest = Operation.Outcome
}
