public import Basics

/// What a node is made of: a machine's name, network interfaces and routes.
public struct NodeSpec: Hashable, Sendable {
  /// A network interface of the node.
  public struct Interface: Hashable, Sendable {
    public let name: String
    /// Nil keeps what the interface was made with.
    public let hardwareAddress: MAC?
    public let mtu: Int?
    public let addresses: [IPv4Prefix]

    public init(
      _ name: String, addresses: [IPv4Prefix] = [], hardwareAddress: MAC? = nil,
      mtu: Int? = nil
    ) {
      self.name = name
      self.hardwareAddress = hardwareAddress
      self.mtu = mtu
      self.addresses = addresses
    }
  }

  public struct Route: Hashable, Sendable {
    public let destination: IPv4Prefix
    public let gateway: IPv4?
    public let interface: String?

    public init(to destination: IPv4Prefix, via gateway: IPv4?, interface: String? = nil) {
      self.destination = destination
      self.gateway = gateway
      self.interface = interface
    }
  }

  public let name: NodeID
  public var interfaces: [Interface]
  public var routes: [Route]
  /// Routes packets between its interfaces.
  public var forwards: Bool
  /// The lines of the node's `/etc/hosts` after that of `localhost`.
  public var hosts: [String]
  /// Files under `/proc/sys/net` and their content, such as `ipv4/ip_nonlocal_bind: 1`.
  public var networkSettings: [String: String]
  /// Folders of the runner (which must exist) that the node sees at the same path and may write
  /// to, even below its private `/run`, `/tmp`, `/var/tmp` and `/dev/shm`.
  public var shares: [String]
  /// The rest of the machine's file system is read-only for the node, whatever its user.
  public var isReadOnly: Bool

  public init(
    _ name: NodeID, interfaces: [Interface] = [], routes: [Route] = [], forwards: Bool = false,
    hosts: [String] = [], networkSettings: [String: String] = [:],
    shares: [String] = [], isReadOnly: Bool = false
  ) {
    self.name = name
    self.interfaces = interfaces
    self.routes = routes
    self.forwards = forwards
    self.hosts = hosts
    self.networkSettings = networkSettings
    self.shares = shares
    self.isReadOnly = isReadOnly
  }
}
