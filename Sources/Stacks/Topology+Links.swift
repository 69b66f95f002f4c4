internal import Basics
internal import YAML

/// What the ways between nodes are like, read once every node is known.
extension Topology {
  mutating func readLink(_ node: YAMLNode) {
    var fields = Fields(node, of: "a link")
    let ends = ends(&fields)
    let delay = fields.duration("delay") ?? .zero
    let jitter = fields.duration("jitter") ?? .zero
    let loss = fields.ratio("loss") ?? .none
    let rate = rate(&fields)
    let mark = fields.node["queue"]?.mark
    let queue = fields.duration("queue")
    let mtu = mtu(&fields, ends)
    if jitter > delay { fields.refuse("the jitter must not exceed the delay") }
    if queue != nil, rate == nil { fields.refuse("'queue' is for a link with 'mbit'", at: mark) }
    fields.finish(into: &problems)
    guard let ends else { return }
    if links.contains(where: { $0.ends.isSame(as: ends) }) {
      problems.append(Problem(node.mark, "the same link stands twice"))
    }
    links.append(
      .init(
        ends: ends, delay: delay, jitter: jitter, loss: loss, rateBitsPerSecond: rate,
        queue: queue ?? .milliseconds(100), mtu: mtu))
  }

  /// `between: [a, b]` sites, `between: [{node: x}, {node: y}]`, or `network: lan`.
  private func ends(_ fields: inout Fields) -> ResolvedStack.Link.Ends? {
    let network = fields.take("network")
    guard fields.node["between"] != nil || network == nil else {
      let name = network?.text ?? ""
      return self.network(named: name, at: network?.mark ?? fields.mark, &fields.problems)
        .map { .network($0.name) }
    }
    let ends = fields.list("between")
    if network != nil {
      fields.refuse("a link is 'between' two ends or of a 'network', not both", at: network?.mark)
      return nil
    }
    guard ends.count == 2 else {
      fields.refuse("'between' must name two sites, or two nodes: [{node: x}, {node: y}]")
      return nil
    }
    let found = ends[0].entries == nil ? sites(ends, &fields) : nodes(ends, &fields)
    if let found, found.isLoop {
      fields.refuse("a link is between two different sites or nodes")
    }
    return found
  }

  private func sites(_ ends: [YAMLNode], _ fields: inout Fields) -> ResolvedStack.Link.Ends? {
    let names = ends.compactMap { site($0, &fields.problems) }
    return names.count == 2 ? .sites(names[0], names[1]) : nil
  }

  private func nodes(_ ends: [YAMLNode], _ fields: inout Fields) -> ResolvedStack.Link.Ends? {
    let known = nodes.map(\.node.id.text)
    let names = ends.compactMap { end -> NodeID? in
      var inner = Fields(end, of: "an end of a link")
      let name = inner.requiredText("node")
      inner.finish(into: &fields.problems)
      guard let name else { return nil }
      if known.contains(name) { return NodeID(name) }
      fields.problems.append(.unknown("node", name, among: known, at: end.mark))
      return nil
    }
    guard names.count == 2 else { return nil }
    return .nodes(names[0], names[1])
  }

  /// RFC 8200, section 5.
  private static let leastMTUOfIPv6 = 1280

  private func rate(_ fields: inout Fields) -> Int? {
    guard let node = fields.take("mbit") else { return nil }
    guard let mbit = node.text.flatMap(Double.init), (0.01...100_000).contains(mbit) else {
      fields.refuse("a rate from 0.01 to 100000 is expected here", at: node.mark)
      return nil
    }
    return Int(mbit * 1e6)
  }

  /// An interface has one MTU, whomever it speaks to.
  private func mtu(_ fields: inout Fields, _ ends: ResolvedStack.Link.Ends?) -> Int? {
    let mark = fields.node["mtu"]?.mark
    guard let mtu = fields.count("mtu", 576...1500) else { return nil }
    if let ends, case .network(let name) = ends {
      let subnets = networks.first { $0.name == name }?.subnets ?? []
      if mtu < Self.leastMTUOfIPv6, subnets.contains(where: { $0.family == .v6 }) {
        fields.refuse(
          "IPv6 needs an MTU of at least \(Self.leastMTUOfIPv6), and network '\(name)' has IPv6 addresses",
          at: mark)
      }
      return Int(mtu)
    }
    fields.refuse(
      "'mtu' is for the link of a 'network', whose interfaces all have it; for large packets that "
        + "vanish on the way there is the fault mtu-black-hole", at: mark)
    return nil
  }
}

extension ResolvedStack.Link.Ends {
  fileprivate var isLoop: Bool {
    switch self {
    case .sites(let a, let b): a == b
    case .nodes(let a, let b): a == b
    case .network: false
    }
  }

  fileprivate func isSame(as other: Self) -> Bool {
    switch (self, other) {
    case (.sites(let a, let b), .sites(let c, let d)): Set([a, b]) == Set([c, d])
    case (.nodes(let a, let b), .nodes(let c, let d)): Set([a, b]) == Set([c, d])
    case (.network(let a), .network(let b)): a == b
    default: false
    }
  }
}
