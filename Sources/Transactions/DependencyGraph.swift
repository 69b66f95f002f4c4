internal import Histories

/// Which transaction must come before which, and why.
///
/// Nodes are transactions, then hubs (which spare edges), then one node a completion. Process and
/// real-time order take no edges of their own: a transaction knows the next of its process, and
/// the completions form a line, each leading to the next and to what was invoked before that;
/// the whole interval order in linear space (the frontier of the Elle paper, section 5.1).
struct DependencyGraph {
  enum Edge: UInt8 {
    /// The source wrote the version before the target's.
    case writeWrite
    /// The target read what the source wrote.
    case writeRead
    /// The target wrote the version after the one that the source read.
    case readWrite
    /// The same process, one after the other.
    case process
    /// The source completed before the target was invoked.
    case realtime
    /// Out of a hub or along the line of completions: part of the edge that led there.
    case pass

    var mask: UInt8 { 1 << rawValue }
  }

  let transactionCount: Int
  let hubEnd: Int
  private let offsets: [Int32]
  private let targets: [Int32]
  private let kinds: [UInt8]
  private let reasons: [Int32]
  /// The next transaction of the same process; -1 when there is none.
  private let nextInProcess: [Int32]
  /// The place of a transaction's completion among all; -1 when it has none.
  private let completionRank: [Int32]
  /// The first transaction that was invoked after a completion; one more entry than completions.
  private let invokedAfter: [Int32]

  var nodeCount: Int { hubEnd + invokedAfter.count - 1 }

  /// A bound of what the graph of that many transactions and edges takes.
  static func estimatedBytes(transactions: Int, edges: Int) -> Int {
    transactions * 140 + edges * 26
  }

  init(_ edges: DependencyEdges, _ table: TransactionTable) {
    transactionCount = table.count
    hubEnd = table.count + edges.hubCount
    var offsets = Array(repeating: Int32(0), count: hubEnd + 2)
    for source in edges.sources { offsets[Int(source) + 2] += 1 }
    for node in stride(from: 2, to: offsets.count, by: 1) { offsets[node] += offsets[node - 1] }
    var targets = Array(repeating: Int32(0), count: edges.sources.count)
    var kinds = Array(repeating: UInt8(0), count: edges.sources.count)
    var reasons = Array(repeating: Int32(0), count: edges.sources.count)
    for edge in edges.sources.indices {
      let place = Int(offsets[Int(edges.sources[edge]) + 1])
      offsets[Int(edges.sources[edge]) + 1] += 1
      targets[place] = edges.targets[edge]
      kinds[place] = edges.kinds[edge].rawValue
      reasons[place] = edges.reasons[edge]
    }
    offsets.removeLast()
    self.offsets = offsets
    self.targets = targets
    self.kinds = kinds
    self.reasons = reasons
    nextInProcess = Self.processOrder(table)
    (completionRank, invokedAfter) = Self.realtimeOrder(table)
  }

  /// An unknown outcome may take effect at any later time: nothing follows it, but it follows
  /// what its process completed before.
  private static func processOrder(_ table: TransactionTable) -> [Int32] {
    var next = Array(repeating: Int32(-1), count: table.count)
    var last: [Int32: Int] = [:]
    for transaction in 0..<table.count where !table.isAborted(transaction) {
      if let previous = last[table.process[transaction]] { next[previous] = Int32(transaction) }
      if table.isOk(transaction) { last[table.process[transaction]] = transaction }
    }
    return next
  }

  private static func realtimeOrder(_ table: TransactionTable) -> ([Int32], [Int32]) {
    var rank = Array(repeating: Int32(-1), count: table.count)
    guard table.hasRealTimeOrder else { return (rank, [Int32(table.count)]) }
    let completed = (0..<table.count).filter { table.isOk($0) }
      .sorted { table.deadline[$0] < table.deadline[$1] }
    var after: [Int32] = []
    after.reserveCapacity(completed.count + 1)
    var transaction = 0
    for (place, done) in completed.enumerated() {
      rank[done] = Int32(place)
      while transaction < table.count && table.invoked[transaction] < table.deadline[done] {
        transaction += 1
      }
      after.append(Int32(transaction))
    }
    after.append(Int32(table.count))
    return (rank, after)
  }

  /// True when one transaction completed before the other was invoked.
  func isBefore(_ a: Int, _ b: Int) -> Bool {
    completionRank[a] >= 0 && b >= Int(invokedAfter[Int(completionRank[a])])
  }

  /// One way out of a node.
  struct Step {
    var target: Int
    var kind: Edge
    var reason: Int
  }

  /// The successor at a position, of the kinds in the mask: a node; -1 where that position is
  /// not of those kinds; -2 past the last.
  @inline(__always)
  func successor(of node: Int, at position: Int, mask: UInt8) -> Int {
    guard node < hubEnd else { return alongCompletions(node - hubEnd, position) }
    let place = Int(offsets[node]) + position
    let end = Int(offsets[node + 1])
    if place < end {
      return kinds[place] == Edge.pass.rawValue || mask & (1 << kinds[place]) != 0
        ? Int(targets[place]) : -1
    }
    guard node < transactionCount else { return -2 }
    switch place - end {
    case 0: return mask & Edge.process.mask != 0 ? Int(nextInProcess[node]) : -1
    case 1:
      return mask & Edge.realtime.mask != 0 && completionRank[node] >= 0
        ? hubEnd + Int(completionRank[node]) : -1
    default: return -2
    }
  }

  @inline(__always)
  private func alongCompletions(_ rank: Int, _ position: Int) -> Int {
    if position == 0 { return rank + 2 < invokedAfter.count ? hubEnd + rank + 1 : -1 }
    let transaction = Int(invokedAfter[rank]) + position - 1
    return transaction < Int(invokedAfter[rank + 1]) ? transaction : -2
  }

  /// What the successor at a position is; the caller promises that there is one.
  func step(from node: Int, at position: Int, mask: UInt8) -> Step {
    let target = successor(of: node, at: position, mask: mask)
    guard node < hubEnd else { return Step(target: target, kind: .pass, reason: -1) }
    let place = Int(offsets[node]) + position
    let end = Int(offsets[node + 1])
    if place < end {
      return Step(
        target: target, kind: Edge(rawValue: kinds[place])!, reason: Int(reasons[place]))
    }
    return Step(target: target, kind: place == end ? .process : .realtime, reason: -1)
  }

  /// The kind of the edge at a position, for edges of the data; nil for the orders.
  @inline(__always)
  func kind(of node: Int, at position: Int) -> Edge? {
    let place = Int(offsets[node]) + position
    return place < Int(offsets[node + 1]) ? Edge(rawValue: kinds[place]) : nil
  }
}
