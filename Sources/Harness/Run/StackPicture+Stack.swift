import Basics
public import Reports
public import Stacks

extension StackPicture {
  /// A stack with everything decided, as pictures show it.
  public init(_ stack: ResolvedStack) {
    self.init()
    sites = stack.sites.map { Site(name: $0.id.text, title: $0.title) }
    networks = stack.networks.map(\.name)
    addresses = stack.addresses.map { .init(name: $0.name, ip: "\($0.ip)") }
    nodes = stack.nodes.map { node in
      Node(
        name: node.id.text, site: node.site.text, role: node.role,
        components: node.instances.map(\.id.component), networks: node.interfaces.map(\.network),
        isSpare: node.isSpare)
    }
    links = stack.links.map(Self.link)
    tunnels = stack.tunnels.map { Tunnel($0.from.text, $0.to.text, title: $0.title) }
    for instance in stack.nodes.flatMap(\.instances) where instance.roleQuery != nil {
      leading[instance.id.component] = stack.leadingWords(of: instance.id.component).sorted()
    }
  }

  private static func link(_ link: ResolvedStack.Link) -> Link {
    switch link.ends {
    case .sites(let a, let b): Link(.sites, a.text, b.text, text: link.text)
    case .nodes(let a, let b): Link(.nodes, a.text, b.text, text: link.text)
    case .network(let name): Link(.network, name, name, text: link.text)
    }
  }
}
