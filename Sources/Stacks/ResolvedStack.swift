public import Basics
public import YAML

/// A stack with everything decided and substituted: what is brought up, and nothing else.
public struct ResolvedStack: Sendable {
  /// Its file's name without the ending.
  public var name: String
  /// A few words for a person.
  public var title: String
  /// One sentence for a person; empty when the file has none.
  public var summary: String
  /// The file it was read from.
  public var file: String
  /// Every parameter with the text it has in this plan, in the order declared.
  public var parameters: [Value]
  /// The failure domains, in the order written.
  public var sites: [Site]
  /// The layer-2 segments, in the order written.
  public var networks: [Network]
  /// What the ways between nodes are like where they are not perfect; those that nothing is said of are
  /// unimpaired, and where several apply to one way they add up.
  public var links: [Link]
  /// The encrypted ways that components make between nodes, in the order written: for pictures only.
  public var tunnels: [Tunnel]
  /// The floating addresses, in the order written.
  public var addresses: [Address]
  /// In the order written; a node's position here is its `index`.
  public var nodes: [StackNode]
  /// The nodes whose DNS servers all nodes ask, in the order written; empty where look-ups go no further than
  /// `/etc/hosts`.
  public var resolvers: [NodeID]
  /// The endpoints that workloads may name, in the order written.
  public var services: [Service]
  /// Who may start when: a layer's instances start together once all those of the layers before
  /// are ready.
  public var startOrder: [[InstanceID]]
  /// What components become that a step of the method redeploys, for each all of its instances.
  public var releases: [Release: [Instance]] = [:]

  /// A name with the text it stands for: of a parameter, or of an environment variable.
  public struct Value: Hashable, Sendable {
    /// The parameter's or the variable's.
    public var name: String
    /// The value as it is rendered.
    public var text: String
    /// Whether nobody is to read the value.
    public var isSecret = false
    /// Where the secret itself stands in a file; nil where it was given in another way.
    public var written: Mark?

    /// The value as it may be shown.
    public var shownText: String { isSecret ? Secrets.mark : text }
  }

  /// A failure domain: nodes that can be cut off together.
  public struct Site: Hashable, Sendable {
    /// Unique in the stack.
    public var id: SiteID
    /// A few words for a person; its name where the file has none.
    public var title: String
  }

  /// One layer-2 segment.
  public struct Network: Hashable, Sendable {
    /// Unique in the stack.
    public var name: String
    /// What its addresses are taken from, one for each family that it has; host bits are zero. That of
    /// the family that the stack prefers comes first; never empty.
    public var subnets: [IPPrefix]

    /// What its addresses of a family are taken from; nil where it has none of it.
    public func subnet(of family: IPAddress.Family) -> IPPrefix? {
      subnets.first { $0.family == family }
    }
  }

  /// A floating address: it belongs to whichever node holds it.
  public struct Address: Hashable, Sendable {
    /// Unique in the stack.
    public var name: String
    /// The address itself.
    public var ip: IPAddress
    /// Its network's.
    public var prefix: Int
    /// The network it lies in, by name.
    public var network: String
    /// Who should own it when all is well.
    public var preferred: NodeID?
  }

  /// A named endpoint that workloads use.
  public struct Service: Hashable, Sendable {
    /// What a workload calls it.
    public var name: String
    /// Where requests go.
    public var url: String
    /// Where final reads go, one per node that serves; empty means `url` only.
    public var replicas: [Replica]
    /// How its clients ask, with everything substituted, unread: a mapping whose one key names the
    /// client; nil where nothing is said.
    public var client: YAMLNode?
    /// Where it is written.
    public var mark: Mark

    /// The scheme of its URL, in small letters.
    public var scheme: String { Self.scheme(of: url) }

    /// The scheme of a URL, in small letters; empty when it has none.
    public static func scheme(of url: String) -> String { Endpoint.scheme(of: url) ?? "" }

    /// The replica of a site that serves clients there; the first in the order of nodes, nil for none.
    public func replica(near node: StackNode, in stack: ResolvedStack) -> Replica? {
      replicas.first { stack.node($0.node)?.site == node.site }
    }
  }

  /// One node's own endpoint of a service.
  public struct Replica: Hashable, Sendable {
    /// The node that serves.
    public var node: NodeID
    /// Where that node alone answers.
    public var url: String
  }
}

/// One machine of the stack.
public struct StackNode: Sendable {
  /// Unique in the stack.
  public var id: NodeID
  /// Its position in the stack, from 0.
  public var index: Int
  /// The site it stands in.
  public var site: SiteID
  /// What it is there for, shared by nodes that are alike; `roleIndex` counts within it.
  public var role: String
  /// Its position among the nodes of its role, from 0.
  public var roleIndex: Int
  /// One for each network it is on, in the order written; never empty.
  public var interfaces: [Interface]
  /// How it reaches networks that it is not on.
  public var routes: [Route]
  /// Passes packets on between its networks, as a router does.
  public var forwards: Bool
  /// Of those, the networks on which what it passes on bears its own address, by name.
  public var masquerades: [String]
  /// Stands by: its components are prepared, but none is started before a step does.
  public var isSpare = false
  /// How much of the machine it may take.
  public var limits: NodeLimits
  /// In the order written.
  public var instances: [Instance]

  /// A node's end of one network.
  public struct Interface: Hashable, Sendable {
    /// The network's name.
    public var network: String
    /// The node's own addresses there with the lengths of the network's prefixes, in the order of the
    /// network's families; never empty.
    public var addresses: [IPPrefix]
    /// Its hardware address.
    public var mac: MAC

    /// The address by which it is known where one is enough: the first.
    public var ip: IPAddress { addresses[0].address }

    /// All of its own addresses.
    public var ips: [IPAddress] { addresses.map(\.address) }

    /// The whole networks that it is on, one for each family.
    public var subnets: [IPPrefix] { addresses.map(\.network) }

    /// Whether an address is its own.
    public func holds(_ ip: IPAddress) -> Bool { addresses.contains { $0.address == ip } }

    /// Whether an address lies on its network, and so no router is needed to get there.
    public func isNear(_ ip: IPAddress) -> Bool { addresses.contains { $0.contains(ip) } }
  }

  /// How a node reaches a network that it is not on.
  public struct Route: Hashable, Sendable {
    /// The network that is reached; that of everything for the default route.
    public var destination: IPPrefix
    /// Who passes the packets on: the address of a node on one of this node's networks, or a
    /// floating address there.
    public var gateway: IPAddress
  }

  /// The address others reach it by: that of its first interface.
  public var address: IPAddress { interfaces[0].ip }

  /// Its own address of a family, that of its first interface that has one; nil where it has none.
  public func address(of family: IPAddress.Family) -> IPAddress? {
    interfaces.lazy.flatMap(\.ips).first { $0.family == family }
  }

  /// Its interface on a network; nil when it is not on it.
  public func interface(on network: String) -> Interface? {
    interfaces.first { $0.network == network }
  }
}

extension ResolvedStack {
  /// Every parameter of kind `secret`, of the stack and of its instances.
  public var secretValues: [Value] {
    let instances = nodes.flatMap(\.instances) + releases.values.joined()
    return (parameters + instances.flatMap(\.parameters)).filter(\.isSecret)
  }

  /// What is to be masked in everything that is said or written about the stack.
  public var secrets: Secrets { Secrets(secretValues.map(\.text)) }

  /// The node of that id; nil when the stack has none.
  public func node(_ id: NodeID) -> StackNode? { nodes.first { $0.id == id } }

  /// All nodes of a role, in the order written.
  public func nodes(role: String) -> [StackNode] { nodes.filter { $0.role == role } }

  /// All nodes of a site, in the order written.
  public func nodes(site: SiteID) -> [StackNode] { nodes.filter { $0.site == site } }

  /// The component on that node; nil when the stack does not run it there.
  public func instance(_ id: InstanceID) -> Instance? {
    node(id.node)?.instances.first { $0.id == id }
  }

  /// All instances of a component, in the order of their nodes.
  public func instances(of component: String) -> [Instance] {
    nodes.flatMap(\.instances).filter { $0.id.component == component }
  }

  /// The floating address of that name; nil when the stack has none.
  public func address(named name: String) -> Address? { addresses.first { $0.name == name } }

  /// The service of that name; nil when the stack has none.
  public func service(named name: String) -> Service? { services.first { $0.name == name } }

  /// The network of that name; nil when the stack has none.
  public func network(named name: String) -> Network? { networks.first { $0.name == name } }
}
