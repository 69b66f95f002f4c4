internal import Basics
internal import YAML

/// Networks and who has which address in them.
extension Topology {
  /// The key of a network's addresses of a family.
  private static func key(_ family: IPAddress.Family) -> String {
    family == .v4 ? "subnet" : "subnet6"
  }

  private static func example(_ family: IPAddress.Family) -> String {
    family == .v4 ? "10.77.0.0/16" : "fd00:77::/64"
  }

  /// The families in the order in which the stack prefers them.
  private var families: [IPAddress.Family] { prefers == .v4 ? [.v4, .v6] : [.v6, .v4] }

  /// Which family `${node.address}` is of, where a node has both.
  mutating func readPreference(_ node: YAMLNode?, _ scope: Scope) {
    guard let node = node?.rendered(scope, &problems) else { return }
    let text = node.text ?? ""
    guard let family = families.first(where: { $0.word == text }) else {
      let words = IPAddress.Family.allCases.map(\.word)
      return problems.append(.unknown("family of addresses", text, among: words, at: node.mark))
    }
    prefers = family
  }

  mutating func readNetworks(_ entries: [YAMLNode.Entry], _ scope: Scope) {
    for entry in entries {
      var fields = Fields(entry.value.rendered(scope, &problems), of: "a network")
      let isSaid = families.contains { fields.node[Self.key($0)] != nil }
      let subnets = families.compactMap { subnet($0, &fields) }
      if !isSaid {
        fields.refuse(
          "a network needs 'subnet', such as \(Self.example(.v4)), or 'subnet6', such as "
            + "\(Self.example(.v6)), or both")
      }
      fields.finish(into: &problems)
      if !subnets.isEmpty { networks.append(.init(name: entry.key, subnets: subnets)) }
    }
  }

  private func subnet(_ family: IPAddress.Family, _ fields: inout Fields) -> IPPrefix? {
    let key = Self.key(family)
    let mark = fields.node[key]?.mark
    guard let text = fields.text(key) else { return nil }
    if let subnet = IPPrefix(network: text), subnet.family == family, !subnet.first.isMulticast,
      !subnet.first.isLinkLocal
    {
      return subnet
    }
    let other: IPAddress.Family = family == .v4 ? .v6 : .v4
    let isOther = IPPrefix(network: text)?.family == other
    fields.refuse(
      "'\(key)' must be an \(family.name) network such as \(Self.example(family)), not '\(text)'"
        + (isOther ? "; an \(other.name) network is '\(Self.key(other))'" : ""), at: mark)
    return nil
  }

  /// The address, or the list of them, that a node or a floating address is given in a network.
  mutating func readIPs(
    _ node: YAMLNode?, in network: ResolvedStack.Network?, of owner: String,
    _ problems: inout [Problem]
  ) -> [IPAddress] {
    guard let node, !node.isNull else { return [] }
    var found: [IPAddress] = []
    for element in node.elements ?? [node] {
      guard let address = address(element, in: network, of: owner, &problems) else { continue }
      if found.contains(where: { $0.family == address.family }) {
        problems.append(
          Problem(element.mark, "a second \(address.family.name) address in one network"))
        continue
      }
      found.append(address)
    }
    return found
  }

  private mutating func address(
    _ node: YAMLNode, in network: ResolvedStack.Network?, of owner: String,
    _ problems: inout [Problem]
  ) -> IPAddress? {
    guard let text = node.text, let address = IPAddress(text: text) else {
      problems.append(
        Problem(node.mark, "an IP address is expected here, not '\(node.text ?? "")'"))
      return nil
    }
    if let network {
      guard let subnet = network.subnet(of: address.family) else {
        problems.append(
          Problem(
            node.mark,
            "network '\(network.name)' has no \(address.family.name) addresses; "
              + "give it '\(Self.key(address.family))'"))
        return nil
      }
      if !subnet.hasRoom(for: address) {
        problems.append(
          Problem(node.mark, "\(address) is no address of network '\(network.name)', \(subnet)"))
      }
    }
    take(address, for: owner, at: node.mark, &problems)
    return address
  }

  private mutating func take(
    _ address: IPAddress, for owner: String, at mark: Mark, _ problems: inout [Problem]
  ) {
    if let other = usedAddresses.updateValue(owner, forKey: address) {
      problems.append(Problem(mark, "\(address) is that of \(other) already"))
    }
  }

  /// Every node gets an address of each family of each of its networks: where none is said, the
  /// network's first and so many on as the node is the how-manieth of the stack.
  mutating func allotAddresses() {
    for index in nodes.indices {
      for place in nodes[index].node.interfaces.indices {
        let interface = nodes[index].node.interfaces[place]
        guard let network = networks.first(where: { $0.name == interface.network }) else {
          continue
        }
        nodes[index].node.interfaces[place].addresses = network.subnets.compactMap { subnet in
          if let said = interface.addresses.first(where: { $0.family == subnet.family }) {
            return said
          }
          return allotted(in: subnet, to: nodes[index]).map {
            IPPrefix($0, length: subnet.length)
          }
        }
      }
    }
    // One with nothing to speak with is refused already.
    for index in nodes.indices {
      nodes[index].node.interfaces.removeAll(where: \.addresses.isEmpty)
    }
    nodes.removeAll(where: \.node.interfaces.isEmpty)
  }

  private mutating func allotted(in subnet: IPPrefix, to sketch: NodeSketch) -> IPAddress? {
    let (name, mark) = (sketch.node.id, sketch.mark)
    guard let address = subnet.host(sketch.node.index + 1) else {
      problems.append(
        Problem(
          mark, "\(subnet) has no room for node '\(name)'; say its 'ip', or take a larger one"))
      return nil
    }
    if let other = usedAddresses[address] {
      problems.append(
        Problem(
          mark, "node '\(name)' would get \(address), which is that of \(other); say its 'ip'"))
      return nil
    }
    usedAddresses[address] = "node '\(name)'"
    return address
  }
}

extension IPAddress.Family {
  /// As files call it: `ipv4`, `ipv6`.
  var word: String { name.lowercased() }
}
