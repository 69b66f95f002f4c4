/// A directed graph that can be walked one successor at a time.
protocol Successors {
  var nodeCount: Int { get }
  /// The successor at a position; -1 to skip the position, -2 past the last.
  func successor(of node: Int, at position: Int) -> Int
}

/// The strongly connected components of more than one node.
struct StrongComponents {
  /// The component of each node; -1 for a node on no cycle.
  private(set) var component: [Int32]
  private(set) var count = 0

  /// Tarjan's algorithm (1972) with its stack in arrays, for a cycle may be as long as a history.
  ///
  /// - Returns: nil when the budget was spent first.
  init?(_ graph: some Successors, within budget: Budget) {
    let size = graph.nodeCount
    component = Array(repeating: -1, count: size)
    var walk = TarjanWalk(size: size)
    for root in 0..<size where walk.index[root] == 0 {
      guard walk.visit(from: root, graph, &component, &count, budget) else { return nil }
    }
  }

  /// The nodes of each component, in order.
  func members() -> [[Int32]] {
    var members: [[Int32]] = Array(repeating: [], count: count)
    for (node, component) in component.enumerated() where component >= 0 {
      members[Int(component)].append(Int32(node))
    }
    return members
  }
}

private struct TarjanWalk {
  /// The order of discovery from 1; 0 for a node not seen.
  var index: [Int32]
  private var low: [Int32]
  /// The next position to look at, by node.
  private var cursor: [Int32]
  private var isOpen: [Bool]
  private var open: [Int32] = []
  private var path: [Int32] = []
  private var next: Int32 = 0
  private var steps = 0

  init(size: Int) {
    index = Array(repeating: 0, count: size)
    low = index
    cursor = index
    isOpen = Array(repeating: false, count: size)
  }

  mutating func visit(
    from root: Int, _ graph: some Successors, _ component: inout [Int32], _ count: inout Int,
    _ budget: Budget
  ) -> Bool {
    enter(root)
    while let top = path.last {
      let node = Int(top)
      let target = graph.successor(of: node, at: Int(cursor[node]))
      cursor[node] += 1
      steps &+= 1
      if steps & 0xffff == 0 && budget.isSpent() { return false }
      if target == -2 {
        path.removeLast()
        if let parent = path.last { low[Int(parent)] = min(low[Int(parent)], low[node]) }
        if low[node] == index[node] { close(node, &component, &count) }
      } else if target >= 0 {
        if index[target] == 0 {
          enter(target)
        } else if isOpen[target] {
          low[node] = min(low[node], index[target])
        }
      }
    }
    return true
  }

  private mutating func enter(_ node: Int) {
    next += 1
    index[node] = next
    low[node] = next
    isOpen[node] = true
    open.append(Int32(node))
    path.append(Int32(node))
  }

  private mutating func close(_ root: Int, _ component: inout [Int32], _ count: inout Int) {
    let isAlone = open.last == Int32(root)
    while let node = open.popLast() {
      isOpen[Int(node)] = false
      if !isAlone { component[Int(node)] = Int32(count) }
      if Int(node) == root { break }
    }
    if !isAlone { count += 1 }
  }
}
