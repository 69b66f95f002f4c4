internal import Basics
internal import YAML

/// Sites, networks, links, addresses and bare nodes of a stack: what can be read without knowing
/// any component.
struct Topology {
  var sites: [ResolvedStack.Site] = []
  var networks: [ResolvedStack.Network] = []
  var links: [ResolvedStack.Link] = []
  var tunnels: [ResolvedStack.Tunnel] = []
  var addresses: [ResolvedStack.Address] = []
  var nodes: [NodeSketch] = []
  /// The nodes whose DNS servers all nodes ask.
  var resolvers: [NodeID] = []
  var problems: [Problem] = []

  /// A node whose components are yet unread.
  struct NodeSketch {
    var node: StackNode
    var components: [YAMLNode]
    /// Yet unread: a gateway may be a node that stands further down.
    var routes: [YAMLNode]
    var mark: Mark
  }

  /// Of the two families of addresses.
  var prefers = IPAddress.Family.v4
  /// Whose each is.
  var usedAddresses: [IPAddress: String] = [:]

  init(_ root: YAMLNode, _ scope: Scope) {
    var fields = Fields(root, of: "a stack")
    readSites(fields.require("sites"), scope)
    readPreference(fields.take("prefers"), scope)
    _ = fields.require("networks")
    readNetworks(fields.named("networks", "a network"), scope)
    let links = fields.list("links", atMost: Self.most)
    let tunnels = fields.list("tunnels", atMost: Self.most)
    for entry in fields.named("addresses", "an address") {
      readAddress(entry, entry.value.rendered(scope, &problems))
    }
    _ = fields.require("nodes")
    for entry in fields.named("nodes", "a node", atMost: Self.most) { readNode(entry, scope) }
    let resolvers = fields.list("resolvers", atMost: Self.most)
    problems += fields.problems
    allotAddresses()
    for node in resolvers { readResolver(node.rendered(scope, &problems)) }
    for node in links { readLink(node.rendered(scope, &problems)) }
    for node in tunnels { readTunnel(node.rendered(scope, &problems)) }
    readRoutes()
    checkPreferred(root, scope)
  }

  /// Sites, links, nodes: more than this machine holds.
  static let most = 256

  private mutating func refuse(_ what: String, _ name: String, at mark: Mark) {
    if let problem = Problem.misnamed(what, name, at: mark) { problems.append(problem) }
  }

  private mutating func readSites(_ node: YAMLNode?, _ scope: Scope) {
    guard let node = node?.rendered(scope, &problems) else { return }
    if node.text != nil {
      problems.append(Problem(node.mark, "'sites' must be a list of names"))
    }
    if (node.entries ?? []).count + (node.elements ?? []).count > Self.most {
      return problems.append(Problem(node.mark, "'sites' has at most \(Self.most) entries"))
    }
    for entry in node.entries ?? [] {
      refuse("a site", entry.key, at: entry.mark)
      sites.append(.init(id: SiteID(entry.key), title: entry.value.text ?? entry.key))
    }
    for element in node.elements ?? [] {
      guard let name = element.text else {
        problems.append(Problem(element.mark, "a site is a name, not \(element.kindText)"))
        continue
      }
      refuse("a site", name, at: element.mark)
      if sites.contains(where: { $0.id.text == name }) {
        problems.append(Problem(element.mark, "site '\(name)' stands twice"))
      }
      sites.append(.init(id: SiteID(name), title: name))
    }
  }

  private mutating func readAddress(_ entry: YAMLNode.Entry, _ node: YAMLNode) {
    var fields = Fields(node, of: "a floating address")
    let network = network(&fields)
    let mark = fields.node["ip"]?.mark
    let given = readIPs(
      fields.require("ip"), in: network, of: "address '\(entry.key)'", &fields.problems)
    if given.count > 1 { fields.refuse("a floating address is one address", at: mark) }
    let preferred = fields.text("preferred").map { NodeID($0) }
    fields.finish(into: &problems)
    guard let network, let ip = given.first, let subnet = network.subnet(of: ip.family) else {
      return
    }
    addresses.append(
      .init(
        name: entry.key, ip: ip, prefix: subnet.length, network: network.name,
        preferred: preferred))
  }

  private mutating func readNode(_ entry: YAMLNode.Entry, _ scope: Scope) {
    let components = entry.value["components"]
    let shallow = YAMLNode(
      .mapping((entry.value.entries ?? []).filter { $0.key != "components" }), at: entry.mark)
    let isMapping = entry.value.entries != nil
    var fields = Fields(
      isMapping ? shallow.rendered(scope, &problems) : entry.value, of: "a node")
    let site = fields.require("site").flatMap { self.site($0, &fields.problems) }
    let role = fields.requiredText("role")
    let interfaces = interfaces(of: entry.key, &fields)
    let routes = fields.list("routes", atMost: Self.most)
    let forwards = fields.flag("forwards") ?? false
    let masquerades = masquerades(&fields, interfaces, forwards: forwards)
    let isSpare = fields.flag("spare") ?? false
    let limits = fields.take("limits").map { NodeLimits.read($0, &fields.problems) }
    fields.finish(into: &problems)
    if let components, components.elements == nil, !components.isNull {
      problems.append(
        Problem(components.mark, "'components' must be a list, not \(components.kindText)"))
    }
    if let role { refuse("a role", role, at: entry.value["role"]?.mark ?? entry.mark) }
    if let list = components?.elements, list.count > 64 {
      problems.append(Problem(list[64].mark, "a node runs at most 64 components"))
    }
    guard let site, let role, !interfaces.isEmpty else { return }
    let roleIndex = nodes.filter { $0.node.role == role }.count
    let node = StackNode(
      id: NodeID(entry.key), index: nodes.count, site: site, role: role, roleIndex: roleIndex,
      interfaces: interfaces, routes: [], forwards: forwards, masquerades: masquerades,
      isSpare: isSpare, limits: limits ?? NodeLimits(), instances: [])
    nodes.append(
      NodeSketch(
        node: node, components: components?.elements ?? [], routes: routes, mark: entry.mark))
  }

  /// Either `network` and `ip`, or `networks: {name: ip}` for a node with several; with the addresses that
  /// are said, maybe none.
  private mutating func interfaces(of name: String, _ fields: inout Fields)
    -> [StackNode.Interface]
  {
    var found: [(ResolvedStack.Network, [IPAddress])] = []
    let several = fields.named("networks", "a network")
    if !several.isEmpty {
      for key in ["network", "ip"] where fields.take(key) != nil {
        fields.refuse(
          "a node has 'networks', or 'network' and 'ip', not both", at: fields.node[key]?.mark)
      }
    }
    for entry in several {
      let known = network(named: entry.key, at: entry.mark, &fields.problems)
      let given = readIPs(entry.value, in: known, of: "node '\(name)'", &fields.problems)
      if let known { found.append((known, given)) }
    }
    if several.isEmpty {
      let network = network(&fields)
      let given = readIPs(fields.take("ip"), in: network, of: "node '\(name)'", &fields.problems)
      if let network { found.append((network, given)) }
    }
    let index = nodes.count
    return found.enumerated().map { position, interface in
      StackNode.Interface(
        network: interface.0.name,
        addresses: interface.1.compactMap { address in
          interface.0.subnet(of: address.family).map { IPPrefix(address, length: $0.length) }
        }, mac: .own(node: index + 1, interface: position))
    }
  }

  /// Only who passes packets on can put an address of its own in the place of theirs.
  private func masquerades(
    _ fields: inout Fields, _ interfaces: [StackNode.Interface], forwards: Bool
  ) -> [String] {
    let mark = fields.node["masquerades"]?.mark
    let entries = fields.list("masquerades", atMost: Self.most)
    if !entries.isEmpty, !forwards {
      fields.refuse("'masquerades' is for a node with 'forwards: true'", at: mark)
    }
    let own = interfaces.map(\.network)
    return entries.compactMap { entry in
      if let name = entry.text, own.contains(name) { return name }
      fields.problems.append(
        .unknown("network of this node", entry.text ?? "", among: own, at: entry.mark))
      return nil
    }
  }

  private func network(_ fields: inout Fields) -> ResolvedStack.Network? {
    if fields.node["network"] == nil, networks.count == 1 { return networks[0] }
    guard let name = fields.requiredText("network") else { return nil }
    return network(named: name, at: fields.node["network"]?.mark ?? fields.mark, &fields.problems)
  }

  func network(named name: String, at mark: Mark, _ problems: inout [Problem])
    -> ResolvedStack.Network?
  {
    if let network = networks.first(where: { $0.name == name }) { return network }
    problems.append(.unknown("network", name, among: networks.map(\.name), at: mark))
    return nil
  }

  func site(_ node: YAMLNode, _ problems: inout [Problem]) -> SiteID? {
    let name = node.text ?? ""
    if sites.contains(where: { $0.id.text == name }) { return SiteID(name) }
    problems.append(.unknown("site", name, among: sites.map(\.id.text), at: node.mark))
    return nil
  }

  private mutating func checkPreferred(_ root: YAMLNode, _ scope: Scope) {
    let names = nodes.map(\.node.id.text)
    for address in addresses {
      guard let preferred = address.preferred, !names.contains(preferred.text) else { continue }
      let mark = root["addresses"]?[address.name]?["preferred"]?.mark ?? root.mark
      problems.append(.unknown("node", preferred.text, among: names, at: mark))
    }
  }
}

extension MAC {
  /// A locally administered unicast address that follows from where the interface is, so that
  /// the same stack has the same addresses in every run.
  fileprivate static func own(node: Int, interface: Int) -> MAC {
    MAC(bits: 0x02_fa_00_00_00_00 | UInt64(node & 0xffff) << 8 | UInt64(interface & 0xff))
  }
}
