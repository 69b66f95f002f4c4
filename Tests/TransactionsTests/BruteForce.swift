import Histories

/// Decides consistency models of small histories by trying every order.
struct TransactionBruteForce {
  let transactions: [TestTransaction]

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    transactions[a].outcome == .ok && transactions[a].completed <= transactions[b].invoked
  }

  /// Calls with every order of every choice of transactions that may have happened, until true.
  private func exists(where holds: ([Int]) -> Bool) -> Bool {
    let certain = transactions.indices.filter { transactions[$0].outcome == .ok }
    let possible = transactions.indices.filter { transactions[$0].outcome == .info }
    for choice in 0..<(1 << possible.count) {
      let chosen =
        certain
        + possible.enumerated().filter { choice >> $0.offset & 1 == 1 }
        .map(\.element)
      var order = chosen.sorted()
      repeat {
        if holds(order) { return true }
      } while Self.advance(&order)
    }
    return false
  }

  /// The next permutation in lexical order.
  private static func advance(_ order: inout [Int]) -> Bool {
    guard let i = order.indices.dropLast().last(where: { order[$0] < order[$0 + 1] }) else {
      return false
    }
    let j = order.lastIndex { $0 > order[i] }!
    order.swapAt(i, j)
    order[(i + 1)...].reverse()
    return true
  }

  typealias State = [Int: [Int]]

  /// The state after a transaction that begins with one; nil when a read does not fit.
  private func run(_ transaction: Int, on state: State) -> State? {
    var state = state
    let knowsReads = transactions[transaction].outcome == .ok
    for mop in transactions[transaction].mops {
      switch mop {
      case .append(let key, let value), .write(let key, let value):
        state[key, default: []].append(value)
      case .list(let key, let list):
        if knowsReads && (state[key] ?? []) != list { return nil }
      case .read(let key, let value):
        if knowsReads && state[key]?.last != value { return nil }
      }
    }
    return state
  }

  private func writes(_ transaction: Int) -> [(key: Int, value: Int)] {
    transactions[transaction].mops.compactMap {
      switch $0 {
      case .append(let key, let value), .write(let key, let value): (key, value)
      default: nil
      }
    }
  }

  var isSerializable: Bool { exists { isSerial($0) } }

  var isStrictSerializable: Bool {
    exists { order in
      for (i, a) in order.enumerated() {
        for b in order[..<i] where isBefore(a, b) { return false }
      }
      return isSerial(order)
    }
  }

  private func isSerial(_ order: [Int]) -> Bool {
    var state: State = [:]
    for transaction in order {
      guard let next = run(transaction, on: state) else { return false }
      state = next
    }
    return true
  }

  /// Generalised snapshot isolation: each transaction reads some earlier snapshot, and no key it
  /// writes was written between the snapshot and its commit.
  var isSnapshotIsolated: Bool {
    exists { order in
      var states: [State] = [[:]]
      for (place, transaction) in order.enumerated() {
        let own = writes(transaction)
        let keys = Set(own.map(\.key))
        let fits = (0...place).contains { start in
          run(transaction, on: states[start]) != nil
            && order[start..<place].allSatisfy { other in
              keys.isDisjoint(with: writes(other).map(\.key))
            }
        }
        guard fits else { return false }
        var state = states[place]
        for write in own { state[write.key, default: []].append(write.value) }
        states.append(state)
      }
      return true
    }
  }

  /// The axioms of Biswas and Enea for registers, over every commit order; reads of nil see an
  /// initial transaction before all. All transactions must be `ok`.
  func satisfies(_ level: Int) -> Bool {
    guard let reads = externalReads() else { return false }
    let count = transactions.count
    var follows = Array(repeating: Array(repeating: false, count: count), count: count)
    for b in 0..<count {
      for a in 0..<count
      where transactions[a].process == transactions[b].process
        && transactions[a].completed <= transactions[b].invoked
      {
        follows[a][b] = true
      }
      for read in reads[b] where read.writer >= 0 { follows[read.writer][b] = true }
    }
    var reaches = follows
    for k in 0..<count {
      for i in 0..<count where reaches[i][k] {
        for j in 0..<count where reaches[k][j] { reaches[i][j] = true }
      }
    }
    if (0..<count).contains(where: { reaches[$0][$0] }) { return false }
    let keys = (0..<count).map { Set(writes($0).map(\.key)) }
    var demands: [(Int, Int)] = []
    for t in 0..<count {
      for (place, read) in reads[t].enumerated() {
        for other in 0..<count where other != read.writer && keys[other].contains(read.key) {
          let isVisible =
            level == 0
            ? reads[t][..<place].contains { $0.writer == other }
            : level == 1 ? follows[other][t] : reaches[other][t]
          if isVisible { demands.append((other, read.writer)) }
        }
      }
    }
    if demands.contains(where: { $0.1 < 0 }) { return false }
    return exists { order in
      var place = Array(repeating: 0, count: count)
      for (i, t) in order.enumerated() { place[t] = i }
      return demands.allSatisfy { place[$0.0] < place[$0.1] }
        && (0..<count).allSatisfy { a in
          (0..<count).allSatisfy { b in !reaches[a][b] || place[a] < place[b] }
        }
    }
  }

  /// Who each outside read saw, -1 for the initial state; nil when a read fits no history.
  private func externalReads() -> [[(key: Int, writer: Int)]]? {
    var final: [Int: Int] = [:]
    for t in transactions.indices {
      for (key, group) in Dictionary(grouping: writes(t), by: \.key) {
        _ = key
        final[group.last!.value] = t
      }
    }
    var result: [[(key: Int, writer: Int)]] = []
    for t in transactions.indices {
      var own: [Int: Int] = [:]
      var reads: [(key: Int, writer: Int)] = []
      for mop in transactions[t].mops {
        switch mop {
        case .write(let key, let value): own[key] = value
        case .read(let key, let value):
          if let mine = own[key] {
            if mine != value { return nil }
          } else if let value {
            guard let writer = final[value], writer != t else { return nil }
            reads.append((key, writer))
          } else {
            reads.append((key, -1))
          }
        default: return nil
        }
      }
      result.append(reads)
    }
    return result
  }
}
