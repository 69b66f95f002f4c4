@testable import Transactions

// Every order of every key's versions.
extension ExactJudge {
  /// Which cycles a model forbids, with which order of transactions.
  struct Question: Hashable {
    var cycles: Int
    var order: Order

    init(cycles: Int, _ order: Order) {
      self.cycles = cycles
      self.order = order
    }

    init(_ model: ConsistencyModel) {
      let name = model.rawValue
      cycles =
        model == .consistentView || model == .parallelSnapshotIsolation
        ? 0 : name.contains("snapshot") ? 1 : 2
      order =
        name.contains("strong-session")
        ? .sessions : name.contains("str") && model.needsRealTime ? .realtime : .none
    }
  }

  /// What is missing is no.
  func tryEveryOrder() -> [Question: Bool] {
    var answers: [Question: Bool] = [:]
    let keys = listOrders()
    let base = [Order.none, .sessions, .realtime].map { order in
      let told = order == .realtime && !hasRealTimeOrder ? Order.sessions : order
      return (order, Self.union(orderRows(told), readRows()))
    }
    func visit(_ place: Int, _ writes: Rows, _ antis: Rows) {
      guard place < keys.count else {
        for (order, depends) in base {
          let union = Self.union(depends, writes)
          guard isAcyclic(union) else { continue }
          for cycles in 0...2 where answers[Question(cycles: cycles, order)] != true {
            if allows(cycles, union, antis) { answers[Question(cycles: cycles, order)] = true }
          }
        }
        return
      }
      let key = keys[place].key
      for versions in orders(keys[place]) {
        var (writes, antis) = (writes, antis)
        add(versions, key, &writes, &antis)
        // Real time aside, every question needs at least this.
        if isAcyclic(Self.union(base[0].1, writes)) { visit(place + 1, writes, antis) }
      }
    }
    let none = Rows(repeating: 0, count: transactions.count)
    visit(0, none, none)
    return answers
  }

  /// Every order of a key's versions, as the values that end each.
  private func orders(_ key: (key: Int, seen: [Int], unseen: [Int])) -> [[Int]] {
    let free =
      isLists
      ? key.unseen.map { place in
        Self.writes(transactions[place]).last { $0.key == key.key && !key.seen.contains($0.value) }!
          .value
      } : effective.compactMap { finals[$0][key.key] }
    return Self.permutations(free).map { (isLists ? key.seen : []) + $0 }
  }

  static func permutations(_ items: [Int]) -> [[Int]] {
    guard !items.isEmpty else { return [[]] }
    return items.indices.flatMap { place in
      var rest = items
      let first = rest.remove(at: place)
      return permutations(rest).map { [first] + $0 }
    }
  }

  private func add(_ versions: [Int], _ key: Int, _ writes: inout Rows, _ antis: inout Rows) {
    let owners = versions.map { writer[$0]! }
    for (a, b) in zip(owners, owners.dropFirst()) where a != b { writes[a] |= 1 << b }
    for reader in effective {
      for read in reads[reader] where read.key == key {
        let place = versions.firstIndex(of: read.version) ?? -1
        guard read.version == 0 || place >= 0 else { continue }
        for owner in owners[(place + 1)...] where owner != reader { antis[reader] |= 1 << owner }
      }
    }
  }

  private func allows(_ cycles: Int, _ depends: Rows, _ antis: Rows) -> Bool {
    let closed = Self.closed(depends)
    switch cycles {
    case 0:
      return antis.indices.allSatisfy { reader in
        antis.indices.allSatisfy { other in
          antis[reader] >> UInt64(other) & 1 == 0 || closed[other] >> UInt64(reader) & 1 == 0
        }
      }
    case 1:
      var composed = depends
      for from in depends.indices {
        for to in depends.indices where depends[from] >> UInt64(to) & 1 == 1 {
          composed[from] |= antis[to]
        }
      }
      return isAcyclic(composed)
    default: return isAcyclic(Self.union(depends, antis))
    }
  }
}
