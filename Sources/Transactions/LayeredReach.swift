/// Which transactions reach which by walks that a class of cycles allows, as a matrix of bits.
///
/// Each node stands in two layers where read-write edges matter (`NonadjacentView` says how): for
/// snapshot isolation the second is entered by a read-write edge and left by any other; for
/// parallel snapshot isolation a walk stays in it once it has used its one read-write edge.
struct LayeredReach {
  let nodeCount: Int
  private let cycles: AnomalyKind.CycleClass
  private let layers: Int
  private let words: Int
  private var rows: [UInt64] = []
  /// The place of each node of the first layer in a topological order.
  private(set) var place: [Int32] = []
  /// Nodes on a cycle or behind one; empty unless there is a cycle.
  private(set) var unsorted: Set<Int32> = []
  /// What was spent, in words.
  private(set) var work = 0

  /// An edge between transactions or hubs.
  struct Edge {
    var source: Int32
    var target: Int32
    var kind: DependencyGraph.Edge
    var reason: Int32
  }

  /// What the matrix of so many nodes takes.
  static func bytes(nodes: Int, _ cycles: AnomalyKind.CycleClass) -> Int {
    let size = cycles == .g2Item ? nodes : 2 * nodes
    return size * (size + 63) / 64 * 8
  }

  init(nodeCount: Int, _ cycles: AnomalyKind.CycleClass) {
    self.nodeCount = nodeCount
    self.cycles = cycles
    layers = cycles == .g2Item ? 1 : 2
    words = (layers * nodeCount + 63) / 64
  }

  /// - Returns: false when the edges have a cycle of the class.
  mutating func sort(_ edges: [Edge]) -> Bool {
    let size = layers * nodeCount
    var buckets = BucketSort(count: size)
    var waiting = Array(repeating: Int32(0), count: size)
    each(edges) { from, to in
      buckets.announce(from)
      waiting[to] += 1
    }
    buckets.layOut()
    each(edges) { from, to in buckets.put(Int32(to), in: from) }
    var order = (0..<size).filter { waiting[$0] == 0 }.map(Int32.init)
    var next = 0
    while next < order.count {
      let node = Int(order[next])
      next += 1
      for later in buckets.items[Int(buckets.first[node])..<Int(buckets.first[node + 1])] {
        waiting[Int(later)] -= 1
        if waiting[Int(later)] == 0 { order.append(later) }
      }
    }
    work += size + edges.count
    guard order.count == size else {
      unsorted = Set((0..<size).filter { waiting[$0] > 0 }.map { Int32($0 % nodeCount) })
      return false
    }
    unsorted = []
    place = Array(repeating: 0, count: nodeCount)
    for (at, node) in order.enumerated() where Int(node) < nodeCount {
      place[Int(node)] = Int32(at)
    }
    close(order, buckets)
    return cycles != .gSingle || !hasSingle()
  }

  private mutating func close(_ order: [Int32], _ successors: BucketSort) {
    let words = words
    rows = Array(repeating: 0, count: layers * nodeCount * words)
    work += rows.count / 8
    for node in order.reversed() {
      let own = Int(node) * words
      let range = Int(successors.first[Int(node)])..<Int(successors.first[Int(node) + 1])
      for later in successors.items[range] {
        rows[own + Int(later) >> 6] |= 1 << UInt64(later & 63)
        let other = Int(later) * words
        for word in 0..<words { rows[own + word] |= rows[other + word] }
      }
      work += words * range.count
    }
  }

  /// Counts what a copy has spent.
  mutating func spend(_ words: Int) { work += words }

  /// A walk from a node back to itself over one read-write edge.
  private mutating func hasSingle() -> Bool {
    for node in 0..<nodeCount where has(node, nodeCount + node) { unsorted.insert(Int32(node)) }
    return !unsorted.isEmpty
  }

  private func each(_ edges: [Edge], _ body: (_ from: Int, _ to: Int) -> Void) {
    for edge in edges {
      for layer in 0..<layers {
        let target = layerAfter(layer, edge.kind)
        if target >= 0 {
          body(
            layer * nodeCount + Int(edge.source), target * nodeCount + Int(edge.target))
        }
      }
    }
  }

  private func layerAfter(_ layer: Int, _ kind: DependencyGraph.Edge) -> Int {
    switch (cycles, kind) {
    case (.g2Item, _): 0
    case (_, .readWrite): layer == 0 ? 1 : -1
    case (.gNonadjacent, .pass), (.gSingle, _): layer
    default: 0
    }
  }

  @inline(__always)
  private func has(_ from: Int, _ to: Int) -> Bool {
    rows[from * words + to >> 6] >> UInt64(to & 63) & 1 == 1
  }

  /// Whether an edge from one transaction to another that is no read-write edge would close a
  /// cycle of the class.
  func isClosed(by source: Int32, _ target: Int32) -> Bool {
    let (a, b) = (Int(source), Int(target))
    return has(b, a) || layers == 2 && has(b, nodeCount + a)
  }

  /// The same for a read-write edge.
  func isClosed(byRead source: Int32, _ target: Int32) -> Bool {
    let (r, b) = (Int(source), Int(target))
    return has(cycles == .gNonadjacent ? nodeCount + b : b, r)
  }
}
