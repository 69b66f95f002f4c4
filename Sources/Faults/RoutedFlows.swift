internal import Basics
internal import Links
internal import Stacks

/// Where to meet the packets between nodes that have routers between them, and no others.
///
/// As the source hands them to whoever forwards, by the target's own addresses: whichever address they come
/// from, a floating one included, and whichever router takes them. And as whoever forwards hands them
/// to the target, by the source's own addresses, where they are for one that floats: only there is it
/// known who holds it. So no packet is met twice. A router's own packets are told from those it passes on
/// by its own addresses.
struct RoutedFlows {
  private struct Pair: Hashable {
    let source: NodeID
    let target: NodeID
  }

  /// What of the packets between two nodes routers pass on, by where they are for.
  private struct Reach {
    let source: StackNode
    let target: StackNode
    let own: [IPAddress]
    let floating: [IPAddress]
  }

  private let stack: ResolvedStack
  private let kind: PacketKind?
  private let known: Set<Pair>
  private var reaches: [Reach] = []

  init(_ pairs: [(source: NodeID, target: NodeID)], kind: PacketKind?, in stack: ResolvedStack) {
    self.stack = stack
    self.kind = kind
    known = Set(pairs.map { Pair(source: $0.source, target: $0.target) })
    guard stack.nodes.contains(where: \.forwards) else { return }
    reaches = pairs.compactMap { reach(from: $0.source, to: $0.target) }
  }

  /// - Parameter each: every pair by itself; else those of one source together, and those of one target,
  ///   for what is the same for all of them need not be decided one by one.
  func paths(each: Bool) -> [Path] {
    let bySource = each ? reaches.map { [$0] } : grouped(by: \.source.id)
    let byTarget = each ? reaches.map { [$0] } : grouped(by: \.target.id)
    return bySource.compactMap(leaving) + byTarget.compactMap(arriving)
  }

  private func grouped(by end: KeyPath<Reach, NodeID>) -> [[Reach]] {
    var groups: [NodeID: [Reach]] = [:]
    for reach in reaches { groups[reach[keyPath: end], default: []].append(reach) }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  private func reach(from source: NodeID, to target: NodeID) -> Reach? {
    guard let start = stack.node(source), let end = stack.node(target) else { return nil }
    let floating = stack.addresses.filter { end.interface(on: $0.network) != nil }
    return Reach(
      source: start, target: end,
      own: end.addresses.filter { isRouted($0, start, end) },
      // What a router is handed for an address that floats it may have to pass on.
      floating: end.forwards
        ? [] : floating.map(\.ip).filter { isRouted($0, start, end) })
  }

  /// Whether packets for an address take more than one hop, none of which is a way of the policy's own: there
  /// they would be met already.
  private func isRouted(_ ip: IPAddress, _ source: StackNode, _ target: StackNode) -> Bool {
    guard let hops = stack.path(from: source.id, to: ip, heldBy: target.id), hops.count > 2 else {
      return false
    }
    return !zip(hops, hops.dropFirst()).contains { known.contains(Pair(source: $0, target: $1)) }
  }

  private func leaving(_ group: [Reach]) -> Path? {
    let source = group[0].source
    let first = forwarders(beside: source).filter {
      !known.contains(Pair(source: source.id, target: $0))
    }
    let targets = group.flatMap(\.own)
    guard !first.isEmpty, !targets.isEmpty else { return nil }
    let flow = Flow(from: source.forwards ? source.addresses : [], to: targets)
    return Path(from: [source.id], to: Set(first), match: FrameMatch(flow: flow, kind: kind))
  }

  private func arriving(_ group: [Reach]) -> Path? {
    let target = group[0].target
    let last = forwarders(beside: target).filter {
      !known.contains(Pair(source: $0, target: target.id))
    }
    let meant = group.filter { !$0.floating.isEmpty }
    guard !last.isEmpty, !meant.isEmpty else { return nil }
    let flow = Flow(
      from: meant.flatMap(\.source.addresses), to: Array(Set(meant.flatMap(\.floating))).sorted())
    return Path(from: Set(last), to: [target.id], match: FrameMatch(flow: flow, kind: kind))
  }

  private func forwarders(beside node: StackNode) -> [NodeID] {
    stack.nodes.filter { other in
      other.forwards && other.id != node.id
        && other.interfaces.contains { node.interface(on: $0.network) != nil }
    }.map(\.id)
  }
}

extension StackNode {
  fileprivate var addresses: [IPAddress] { interfaces.flatMap(\.ips) }
}
