import Basics
import Histories

/// Random histories small enough to be judged exactly: up to eight transactions and a dozen
/// micro-operations, of any database, sound or not.
struct SmallHistories {
  var chance: Chance

  init(seed: UInt64) { chance = Chance(seed: seed) }

  /// Transactions that read what somebody wrote, for registers and lists in turn.
  mutating func next(isLists: Bool) -> [TestTransaction] {
    let count = Int.random(in: 2...8, using: &chance)
    let keys = Int.random(in: 1...3, using: &chance)
    let sessions = Int.random(in: 1...4, using: &chance)
    let most = count > 5 ? 2 : 3
    var value = 0
    var shapes: [[(key: Int, value: Int)]] = []
    for _ in 0..<count {
      shapes.append(
        (0..<Int.random(in: 1...most, using: &chance)).map { _ in
          let isWrite = chance.roll(Ratio(0.5))
          if isWrite { value += 1 }
          return (Int.random(in: 0..<keys, using: &chance), isWrite ? value : 0)
        })
    }
    let outcomes = (0..<count).map { _ in outcome() }
    let truth = serial(shapes, outcomes)
    var transactions: [TestTransaction] = []
    for place in 0..<count {
      let mops = fill(place, shapes, truth, isLists: isLists)
      transactions.append(TestTransaction(0, 0..<1, mops, outcomes[place]))
    }
    setTimes(&transactions, sessions)
    return transactions
  }

  private mutating func outcome() -> Operation.Outcome {
    let draw = Int.random(in: 0..<16, using: &chance)
    return draw == 0 ? .fail : draw < 3 ? .info : .ok
  }

  /// For each key the values in an order that a serial run writes them in, with the number of the
  /// transaction that wrote each.
  private mutating func serial(
    _ shapes: [[(key: Int, value: Int)]], _ outcomes: [Operation.Outcome]
  ) -> [Int: [(place: Int, value: Int)]] {
    let isOrderly = chance.roll(Ratio(0.6))
    var truth: [Int: [(place: Int, value: Int)]] = [:]
    for place in isOrderly ? Array(shapes.indices) : shapes.indices.shuffled(using: &chance)
    where outcomes[place] != .fail || chance.roll(Ratio(0.1)) {
      if outcomes[place] == .info, chance.roll(Ratio(0.5)) { continue }
      for (key, value) in shapes[place] where value > 0 {
        truth[key, default: []].append((place, value))
      }
    }
    return truth
  }

  private mutating func fill(
    _ place: Int, _ shapes: [[(key: Int, value: Int)]],
    _ truth: [Int: [(place: Int, value: Int)]], isLists: Bool
  ) -> [TestTransaction.Mop] {
    var own: [Int: [Int]] = [:]
    var seen: [Int: [Int]] = [:]
    // Mostly one moment's state, now and then any.
    let moment = chance.roll(Ratio(0.8)) ? place : Int.random(in: 0...shapes.count, using: &chance)
    return shapes[place].map { key, value in
      if value > 0 {
        own[key, default: []].append(value)
        return isLists ? .append(key, value) : .write(key, value)
      }
      let all = truth[key] ?? []
      var base =
        seen[key] ?? all.filter { $0.place < moment && $0.place != place }.map(\.value)
      if seen[key] == nil || chance.roll(Ratio(0.03)), chance.roll(Ratio(0.3)) {
        base = all.filter { $0.place != place || chance.roll(Ratio(0.02)) }.map(\.value)
        base = Array(base.prefix(Int.random(in: 0...base.count, using: &chance)))
      }
      seen[key] = base
      let list = chance.roll(Ratio(0.03)) ? base : base + (own[key] ?? [])
      if isLists { return .list(key, list) }
      return .read(key, chance.roll(Ratio(0.01)) ? 900 : list.last)
    }
  }

  private mutating func setTimes(_ transactions: inout [TestTransaction], _ sessions: Int) {
    let spread = [5, 15, 40, 200][Int.random(in: 0..<4, using: &chance)]
    var free = Array(repeating: 0, count: sessions)
    var names = (0..<sessions).map(Int32.init)
    for place in transactions.indices {
      let session = Int.random(in: 0..<sessions, using: &chance)
      let start = max(free[session], 10 * place - Int.random(in: 0..<spread, using: &chance))
      let end = start + 1 + Int.random(in: 0..<spread, using: &chance)
      transactions[place].process = names[session]
      transactions[place].invoked = start
      transactions[place].completed = end
      free[session] = end + 1
      if transactions[place].outcome == .info { names[session] += Int32(sessions) }
    }
  }
}
