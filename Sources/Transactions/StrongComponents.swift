import Checking

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
    for root in 0..<size where walk.isNew(root) {
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
  /// What is known of a node, side by side because it is used together.
  private struct Mark {
    /// The order of discovery from 1; 0 for a node not seen.
    var index: Int32 = 0
    var low: Int32 = 0
    /// The next position to look at.
    var cursor: Int32 = 0
    var isOpen = false
  }

  private var marks: [Mark]
  private var open: [Int32] = []
  private var path: [Int32] = []
  private var next: Int32 = 0
  private var steps = 0

  init(size: Int) { marks = Array(repeating: Mark(), count: size) }

  func isNew(_ node: Int) -> Bool { marks[node].index == 0 }

  /// - Returns: false when the budget was spent first.
  mutating func visit(
    from root: Int, _ graph: some Successors, _ component: inout [Int32], _ count: inout Int,
    _ budget: Budget
  ) -> Bool {
    enter(root)
    while let top = path.last {
      let node = Int(top)
      let target = graph.successor(of: node, at: Int(marks[node].cursor))
      marks[node].cursor += 1
      steps &+= 1
      if steps & 0xffff == 0 && budget.isSpent() { return false }
      if target == -2 {
        leave(node, &component, &count)
      } else if target >= 0 {
        if marks[target].index == 0 {
          enter(target)
        } else if marks[target].isOpen {
          marks[node].low = min(marks[node].low, marks[target].index)
        }
      }
    }
    return true
  }

  private mutating func enter(_ node: Int) {
    next += 1
    marks[node].index = next
    marks[node].low = next
    marks[node].isOpen = true
    open.append(Int32(node))
    path.append(Int32(node))
  }

  private mutating func leave(_ node: Int, _ component: inout [Int32], _ count: inout Int) {
    path.removeLast()
    let low = marks[node].low
    if let parent = path.last { marks[Int(parent)].low = min(marks[Int(parent)].low, low) }
    guard low == marks[node].index else { return }
    let isAlone = open.last == Int32(node)
    while let member = open.popLast() {
      marks[Int(member)].isOpen = false
      if !isAlone { component[Int(member)] = Int32(count) }
      if Int(member) == node { break }
    }
    if !isAlone { count += 1 }
  }
}
