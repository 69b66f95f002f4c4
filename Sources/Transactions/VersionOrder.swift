import Checking

/// What is known of the order of each register's versions: a graph of writes.
///
/// Nodes are micro-operations that write, then one node a key for its initial state.
struct VersionOrder {
  private let table: TransactionTable
  private let chains: MopChains
  private let source: [Int32]
  private var pairs: [(from: Int32, to: Int32)] = []
  private var first: [Int32] = []
  private var later: [Int32] = []
  private var cyclic: [Bool]
  private(set) var writesOfKey: BucketSort
  private var hasEarlier: [Bool]

  init(
    _ table: TransactionTable, _ chains: MopChains, _ source: [Int32],
    _ inference: VersionInference
  ) {
    self.table = table
    self.chains = chains
    self.source = source
    cyclic = Array(repeating: false, count: table.keyCount)
    hasEarlier = Array(repeating: false, count: table.verb.count)
    writesOfKey = BucketSort(count: table.keyCount)
    let writes = table.verb.indices.filter {
      table.verb[$0] == .write && !chains.isOverwritten[$0]
        && !table.isAborted(table.transaction(of: $0))
    }
    for write in writes { writesOfKey.announce(Int(table.key[write])) }
    writesOfKey.layOut()
    for write in writes { writesOfKey.put(Int32(write), in: Int(table.key[write])) }
    if inference.writesFollowReads { inferFromTransactions() }
    inferFromProcesses(inference.byProcess)
    inferFromTime(inference.byRealtime)
    layOut()
  }

  func isCyclic(_ key: Int) -> Bool { cyclic[key] }

  /// Versions known to come after a written one; the next of them, not all.
  func successors(of write: Int) -> ArraySlice<Int32> {
    cyclic[Int(table.key[write])] ? [] : later[Int(first[write])..<Int(first[write + 1])]
  }

  /// Writes that are not known to come after another.
  func minimalWrites(of key: Int) -> [Int32] {
    writesOfKey.items[Int(writesOfKey.first[key])..<Int(writesOfKey.first[key + 1])]
      .filter { !hasEarlier[Int($0)] }
  }

  /// Forgets keys whose versions form a cycle.
  ///
  /// - Returns: those keys, each with the writes of a small cycle.
  mutating func dropCycles() -> [(key: Int, writes: [Int])] {
    guard let components = StrongComponents(self, within: .unlimited), components.count > 0 else {
      return []
    }
    var dropped: [(key: Int, writes: [Int])] = []
    var walk = ShortestWalk(nodeCount: nodeCount, work: .max)
    for members in components.members() {
      let key = Int(table.key[Int(members.first { $0 < table.verb.count }!)])
      if !cyclic[key] { dropped.append((key, smallestCycle(members, &walk))) }
      cyclic[key] = true
    }
    return dropped
  }

  /// The smallest cycle through one of the first members.
  private func smallestCycle(_ members: [Int32], _ walk: inout ShortestWalk) -> [Int] {
    var best: [Int] = []
    for member in members.prefix(32) {
      let legs = walk.legs(
        from: Int(member), to: Int(member), in: self, atMost: .max >> 1, cost: { _, _ in 1 })
      if let legs, best.isEmpty || legs.count < best.count { best = legs.map(\.node) }
    }
    return best.filter { $0 < table.verb.count }
  }

  private mutating func layOut() {
    var buckets = BucketSort(count: table.verb.count + table.keyCount)
    for pair in pairs { buckets.announce(Int(pair.from)) }
    buckets.layOut()
    for pair in pairs {
      buckets.put(pair.to, in: Int(pair.from))
      if Int(pair.from) < table.verb.count, Int(pair.to) < table.verb.count,
        !table.isAborted(table.transaction(of: Int(pair.from)))
      {
        hasEarlier[Int(pair.to)] = true
      }
    }
    first = buckets.first
    later = buckets.items
    pairs = []
  }

  private mutating func inferFromTransactions() {
    for write in table.verb.indices
    where table.verb[write] == .write && !chains.isOverwritten[write]
      && table.isOk(table.transaction(of: write))
    {
      let read = chains.first(before: write)
      if read >= 0, table.verb[read] == .read { relate(version(read), Int32(write)) }
    }
  }

  /// The versions that a transaction's process saw of a key before come before its own.
  private mutating func inferFromProcesses(_ extent: VersionInference.Extent) {
    guard extent != .none else { return }
    var last: [Int64: Int32] = [:]
    for transaction in 0..<table.count where table.isOk(transaction) {
      for touch in touches(of: transaction, extent) {
        let place =
          Int64(table.process[transaction]) << 32 | Int64(table.key[touch.first])
        if let earlier = last[place] { relate(earlier, version(touch.first)) }
        last[place] = version(touch.last)
      }
    }
  }

  /// Per key the interval order's nearest predecessors.
  private mutating func inferFromTime(_ extent: VersionInference.Extent) {
    guard extent != .none && table.hasRealTimeOrder else { return }
    var byKey: [[(transaction: Int, first: Int32, last: Int32)]] =
      Array(repeating: [], count: table.keyCount)
    for transaction in 0..<table.count where table.isOk(transaction) {
      for touch in touches(of: transaction, extent) {
        byKey[Int(table.key[touch.first])].append(
          (transaction, version(touch.first), version(touch.last)))
      }
    }
    for touches in byKey {
      let completed = touches.sorted {
        table.deadline[$0.transaction] < table.deadline[$1.transaction]
      }
      var next = 0
      var frontier: [(transaction: Int, first: Int32, last: Int32)] = []
      for touch in touches {
        while next < completed.count,
          table.deadline[completed[next].transaction] < table.invoked[touch.transaction]
        {
          let done = completed[next]
          frontier.removeAll {
            table.deadline[$0.transaction] < table.invoked[done.transaction]
          }
          frontier.append(done)
          next += 1
        }
        for earlier in frontier { relate(earlier.last, touch.first) }
      }
    }
  }

  /// The first and the last micro-operation of a transaction on each of its keys, seen from
  /// outside: a write that it overwrites does not count.
  private func touches(
    of transaction: Int, _ extent: VersionInference.Extent
  ) -> [(first: Int, last: Int)] {
    var touches: [Int32: (first: Int, last: Int)] = [:]
    var order: [Int32] = []
    for mop in table.mops(of: transaction) where !chains.isOverwritten[mop] {
      if extent == .writers, table.verb[mop] == .read { continue }
      let key = table.key[mop]
      if touches[key] == nil { order.append(key) }
      touches[key] = (touches[key]?.first ?? mop, mop)
    }
    return order.map { touches[$0]! }
  }

  /// The node of what a micro-operation read or wrote; -1 for a version of unknown origin.
  private func version(_ mop: Int) -> Int32 {
    if table.verb[mop] == .write { return Int32(mop) }
    if source[mop] == -1 { return Int32(table.verb.count) + table.key[mop] }
    return max(source[mop], -1)
  }

  private mutating func relate(_ earlier: Int32, _ later: Int32) {
    guard earlier >= 0, later >= 0, earlier != later else { return }
    // What follows the initial state needs no edge; what precedes it makes a cycle.
    if Int(earlier) >= table.verb.count { return }
    pairs.append((earlier, later))
    if Int(later) >= table.verb.count { pairs.append((later, earlier)) }
  }
}

extension VersionOrder: Successors {
  var nodeCount: Int { table.verb.count + table.keyCount }

  func successor(of node: Int, at position: Int) -> Int {
    let place = Int(first[node]) + position
    return place < Int(first[node + 1]) ? Int(later[place]) : -2
  }
}
