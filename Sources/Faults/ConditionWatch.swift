internal import Basics
internal import Stacks

/// Looks at a condition again and again, and remembers how things stood at the first look.
struct ConditionWatch {
  let condition: Condition
  /// Who led or held when somebody first did.
  private var nodesBefore: [NodeID]?
  private var servedBefore: Int?
  /// Since when what is to last has held, at every look.
  private var heldSince: Instant?
  /// Looks at what is to last.
  private var inner: [ConditionWatch] = []

  init(_ condition: Condition) {
    self.condition = condition
    if case .lasting(let lasting, _) = condition { inner = [ConditionWatch(lasting)] }
  }

  /// What shows that it holds; nil while it does not, or cannot be told.
  ///
  /// - Parameter now: when it is looked at.
  mutating func look(on cluster: some Cluster, at now: Instant) -> String? {
    switch condition {
    case .leader(let component, let change):
      return changed(change, to: Self.leaders(of: component, on: cluster))
    case .owner(let address, let change):
      // Who cannot be asked tells nothing.
      return changed(change, to: (try? cluster.owners(of: address)) ?? [])
    case .served(let count, let workload):
      let served = cluster.operations(of: workload, over: nil).good
      let since = served - (servedBefore ?? served)
      servedBefore = servedBefore ?? served
      return since >= count ? "\(since) were served" : nil
    case .probe(let name, let instance, let bound):
      guard let number = cluster.lastReading(of: name, on: instance), bound.isCrossed(by: number)
      else { return nil }
      return "it read \(Decimal.trimmed(number, decimals: 6))"
    case .bad(let share, let length, let workload):
      let seen = cluster.operations(of: workload, over: length)
      let all = seen.good + seen.bad
      guard all >= Condition.fewest, Double(seen.bad) >= share.value * Double(all) else {
        return nil
      }
      return "\(seen.bad) of \(all) were bad"
    case .slow(let bound, let share, let length, let workload):
      let latencies = cluster.latencies(of: workload, over: length)
      let slow = latencies.count { $0 >= bound }
      guard latencies.count >= Condition.fewest,
        Double(slow) >= share.value * Double(latencies.count)
      else { return nil }
      return "\(slow) of \(latencies.count) took \(bound.text) or longer"
    case .lasting(_, let length):
      guard let sight = inner[0].look(on: cluster, at: now) else {
        heldSince = nil
        return nil
      }
      let since = heldSince ?? now
      heldSince = since
      return since.duration(to: now) >= length ? sight : nil
    }
  }

  private mutating func changed(_ change: Condition.Change, to nodes: [NodeID]) -> String? {
    if nodesBefore == nil, !nodes.isEmpty { nodesBefore = nodes }
    let isSo: (NodeID) -> Bool
    switch change {
    case .moved:
      let before = nodesBefore ?? nodes
      isSo = { !before.contains($0) }
    case .to(let wanted): isSo = { $0 == wanted }
    }
    return nodes.first(where: isSo).map { "it is \($0)" }
  }

  /// Those whose newest answer is that they lead.
  private static func leaders(of component: String, on cluster: some Cluster) -> [NodeID] {
    let words = cluster.stack.leadingWords(of: component)
    return cluster.stack.instances(of: component).map(\.id).filter { instance in
      cluster.lastRole(of: instance).map(words.contains) ?? false
    }.map(\.node)
  }
}
