/// Breadth-first search from one node to another, counting only edges between transactions: hubs
/// and the line of completions cost nothing, so the shortest walk is the smallest cycle.
struct ShortestWalk {
  /// What may still be spent on edges looked at.
  var work: Int
  private var distance: [Int32]
  private var parent: [Int32]
  private var parentPosition: [Int32]
  private var touched: [Int32] = []

  init(nodeCount: Int, work: Int) {
    self.work = work
    distance = Array(repeating: .max, count: nodeCount)
    parent = Array(repeating: -1, count: nodeCount)
    parentPosition = Array(repeating: -1, count: nodeCount)
  }

  /// A node on a walk, and the position of the edge that leaves it.
  struct Leg {
    var node: Int
    var position: Int
  }

  /// The edges of the shortest walk of at most `limit` edges that end in `goal`; nil when there
  /// is none, or `work` is spent.
  ///
  /// `start` may be `goal`: the walk then is a cycle. `cost` says what an edge into a node costs.
  mutating func legs(
    from start: Int, to goal: Int, in graph: some Successors, atMost limit: Int,
    cost: (_ source: Int, _ target: Int) -> Int32
  ) -> [Leg]? {
    defer { reset() }
    var level = [Int32(start)]
    var next: [Int32] = []
    var depth: Int32 = 0
    var isStart = start == goal
    if !isStart { reach(start, 0, from: -1, at: -1) }
    while depth <= limit {
      while let top = level.popLast() {
        let node = Int(top)
        guard isStart || distance[node] == depth else { continue }
        if node == goal && !isStart { return trace(to: goal, from: start) }
        isStart = false
        var position = 0
        while true {
          let target = graph.successor(of: node, at: position)
          if target == -2 { break }
          if target >= 0 {
            let price = cost(node, target)
            if depth + price < distance[target] {
              reach(target, depth + price, from: node, at: position)
              if price == 0 { level.append(Int32(target)) } else { next.append(Int32(target)) }
            }
          }
          position += 1
        }
        work -= position
        if work < 0 { return nil }
      }
      if next.isEmpty { return nil }
      swap(&level, &next)
      depth += 1
    }
    return nil
  }

  private mutating func reach(_ node: Int, _ depth: Int32, from source: Int, at position: Int) {
    if distance[node] == .max { touched.append(Int32(node)) }
    distance[node] = depth
    parent[node] = Int32(source)
    parentPosition[node] = Int32(position)
  }

  private func trace(to goal: Int, from start: Int) -> [Leg] {
    var legs: [Leg] = []
    var node = goal
    repeat {
      legs.append(Leg(node: Int(parent[node]), position: Int(parentPosition[node])))
      node = Int(parent[node])
    } while node != start
    return legs.reversed()
  }

  private mutating func reset() {
    for node in touched { distance[Int(node)] = .max }
    touched.removeAll(keepingCapacity: true)
  }
}
