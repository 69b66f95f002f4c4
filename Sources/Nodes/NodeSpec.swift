public import Basics

/// What a node is made of: a machine's name, network interfaces and routes.
public struct NodeSpec: Hashable, Sendable {
  /// A network interface of the node.
  public struct Interface: Hashable, Sendable {
    /// Its name in the node: `eth0`.
    public let name: String
    /// Nil keeps what the interface was made with.
    public let hardwareAddress: MAC?
    /// In bytes, the Ethernet header not included; nil keeps what the interface was made with.
    public let mtu: Int?
    /// What it holds from the start; floating addresses come later.
    public let addresses: [IPPrefix]

    /// An interface without addresses that stays as it was made, but for what is given.
    public init(
      _ name: String, addresses: [IPPrefix] = [], hardwareAddress: MAC? = nil,
      mtu: Int? = nil
    ) {
      self.name = name
      self.hardwareAddress = hardwareAddress
      self.mtu = mtu
      self.addresses = addresses
    }
  }

  /// A static route of the node, in its main table.
  public struct Route: Hashable, Sendable {
    /// Where it leads; `.everything` for the default route.
    public let destination: IPPrefix
    /// The router that packets are handed to; nil when the destination is on the link itself.
    public let gateway: IPAddress?
    /// The interface's name; nil leaves it to the kernel, which finds it by the gateway.
    public let interface: String?

    /// A route by a gateway, or by an interface alone; the kernel refuses one by neither.
    public init(to destination: IPPrefix, via gateway: IPAddress?, interface: String? = nil) {
      self.destination = destination
      self.gateway = gateway
      self.interface = interface
    }
  }

  /// The node's name in the run, and the host name that its processes see.
  public let name: NodeID
  /// All but `lo`, which every node has.
  public var interfaces: [Interface]
  /// Set in this order once the interfaces are up; those of the interfaces' own networks are the
  /// kernel's affair.
  public var routes: [Route]
  /// Routes packets between its interfaces.
  public var forwards: Bool
  /// The interfaces on which what it passes on bears its own address.
  public var masquerades: [String]
  /// The lines of the node's `/etc/hosts` after that of `localhost`.
  public var hosts: [String]
  /// The addresses of the DNS servers that its resolver asks, in this order; where there are none, a look-up of what
  /// is not in `/etc/hosts` fails at once.
  public var resolvers: [String]
  /// Files under `/proc/sys/net` and their content, such as `ipv4/ip_nonlocal_bind: 1`.
  public var networkSettings: [String: String]
  /// Files and folders of the runner (which must exist) that the node sees at the same path,
  /// read-only, besides `/usr`.
  public var shares: [String]
  /// Devices of the runner's below `/dev` that the node has besides those that every node has: `net/tun`.
  public var devices: [String]
  /// How many processes the node may have at once, where the machine can bound them (since Linux
  /// 6.14, or by the cgroup controller `pids`).
  public var mostProcesses: Int
  /// How many bytes the node may write in all, where its folder is a file system of its own.
  public var mostBytes: Int
  /// How many bytes of memory its processes may use, what its files take in memory included, where
  /// the machine can bound that (by the cgroup controller `memory`); nil for no bound.
  public var mostMemory: Int?

  /// A machine that has only `lo` and forwards nothing, but for what is given.
  public init(
    _ name: NodeID, interfaces: [Interface] = [], routes: [Route] = [], forwards: Bool = false,
    masquerades: [String] = [], hosts: [String] = [], resolvers: [String] = [],
    networkSettings: [String: String] = [:],
    shares: [String] = [], devices: [String] = [], mostProcesses: Int = UsualLimits.processes,
    mostBytes: Int = UsualLimits.disk,
    mostMemory: Int? = nil
  ) {
    self.name = name
    self.interfaces = interfaces
    self.routes = routes
    self.forwards = forwards
    self.masquerades = masquerades
    self.hosts = hosts
    self.resolvers = resolvers
    self.networkSettings = networkSettings
    self.shares = shares
    self.devices = devices
    self.mostProcesses = mostProcesses
    self.mostBytes = mostBytes
    self.mostMemory = mostMemory
  }
}
