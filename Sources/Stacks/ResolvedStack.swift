public import Basics

/// A stack with everything decided and substituted: what is brought up, and nothing else.
public struct ResolvedStack: Sendable {
  public var name: String
  public var title: String
  public var summary: String
  /// The file it was read from.
  public var file: String
  /// Every parameter with the text it has in this plan, in the order declared.
  public var parameters: [Value]
  public var sites: [Site]
  public var networks: [Network]
  public var links: [Link]
  public var addresses: [Address]
  /// In the order written; a node's position here is its `index`.
  public var nodes: [StackNode]
  public var services: [Service]
  /// Who may start when: a layer's instances start together once all those of the layers before
  /// are ready.
  public var startOrder: [[InstanceID]]

  public struct Value: Hashable, Sendable {
    public var name: String
    public var text: String
  }

  public struct Site: Hashable, Sendable {
    public var id: SiteID
    public var title: String
  }

  /// One layer-2 segment.
  public struct Network: Hashable, Sendable {
    public var name: String
    public var subnet: IPv4Prefix
  }

  /// The base impairment between two sites, the same in both directions.
  public struct Link: Hashable, Sendable {
    public var a: SiteID
    public var b: SiteID
    /// One way.
    public var delay: Duration
    public var jitter: Duration
    public var loss: Ratio
  }

  /// A floating address: it belongs to whichever node holds it.
  public struct Address: Hashable, Sendable {
    public var name: String
    public var ip: IPv4
    /// Its network's.
    public var prefix: Int
    public var network: String
    /// Who should own it when all is well.
    public var preferred: NodeID?
  }

  /// A named endpoint that workloads use.
  public struct Service: Hashable, Sendable {
    public var name: String
    public var url: String
    /// Where final reads go, one per node that serves; empty means `url` only.
    public var replicas: [Replica]
  }

  public struct Replica: Hashable, Sendable {
    public var node: NodeID
    public var url: String
  }
}

/// One machine of the stack.
public struct StackNode: Sendable {
  public var id: NodeID
  /// Its position in the stack, from 0.
  public var index: Int
  public var site: SiteID
  public var role: String
  /// Its position among the nodes of its role, from 0.
  public var roleIndex: Int
  public var interfaces: [Interface]
  /// How it reaches networks that it is not on.
  public var routes: [Route]
  /// Passes packets on between its networks, as a router does.
  public var forwards: Bool
  /// In the order written.
  public var instances: [Instance]

  public struct Interface: Hashable, Sendable {
    public var network: String
    public var ip: IPv4
    public var prefix: Int
    public var mac: MAC

    /// The whole network that it is on.
    public var subnet: IPv4Prefix {
      IPv4Prefix(IPv4Prefix(ip, length: prefix).first, length: prefix)
    }
  }

  public struct Route: Hashable, Sendable {
    /// The network that is reached; that of everything for the default route.
    public var destination: IPv4Prefix
    /// Who passes the packets on: the address of a node on one of this node's networks, or a
    /// floating address there.
    public var gateway: IPv4
  }

  /// The address others reach it by: that of its first interface.
  public var address: IPv4 { interfaces[0].ip }

  /// Its interface on a network; nil when it is not on it.
  public func interface(on network: String) -> Interface? {
    interfaces.first { $0.network == network }
  }
}

extension ResolvedStack {
  public func node(_ id: NodeID) -> StackNode? { nodes.first { $0.id == id } }

  public func nodes(role: String) -> [StackNode] { nodes.filter { $0.role == role } }

  public func nodes(site: SiteID) -> [StackNode] { nodes.filter { $0.site == site } }

  public func instance(_ id: InstanceID) -> Instance? {
    node(id.node)?.instances.first { $0.id == id }
  }

  /// All instances of a component, in the order of their nodes.
  public func instances(of component: String) -> [Instance] {
    nodes.flatMap(\.instances).filter { $0.id.component == component }
  }

  public func address(named name: String) -> Address? { addresses.first { $0.name == name } }

  public func service(named name: String) -> Service? { services.first { $0.name == name } }

  public func network(named name: String) -> Network? { networks.first { $0.name == name } }
}
