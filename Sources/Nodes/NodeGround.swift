internal import Basics
internal import CLinux
internal import Linux

/// The namespaces of a node, furnished.
final class NodeGround: Sendable {
  let namespaces: Namespaces
  let first: FirstProcess
  /// Speaks with the node's network from any thread.
  let netlink: Netlink
  /// Speaks with its packet filter; nil where the kernel has none and the node needs none.
  let netfilter: Netfilter?

  /// On a thread that will belong to the node for the rest of its life.
  ///
  /// - Parameter groundwork: what another thread does meanwhile.
  init(
    _ groundwork: Groundwork, in space: RunSpace, _ makeInterfaces: () throws -> Void
  ) throws {
    let spec = groundwork.spec
    try Namespaces.unshare([.network, .hostname])
    unsafe try Errno.check(cl_sethostname(spec.name.text), "set the host name \(spec.name)")
    let netlink = try Netlink()
    try netlink.setLink("lo", up: true)
    try makeInterfaces()
    try Self.configure(spec, netlink)
    self.netlink = netlink
    // A kernel without a packet filter is good enough for who needs none.
    netfilter = spec.masquerades.isEmpty ? try? Netfilter() : try Netfilter()
    try Self.masquerade(spec, by: netfilter, netlink)
    let folders = try groundwork.folders()
    // Not before, for a folder may be a file system of its own, which is seen here only if it was
    // there first.
    try Namespaces.unshare([.mounts])
    try Mounts.makePrivate()
    try folders.assemble(spec, groundwork.image, hasDisk: groundwork.makeDisk != nil)
    first = try FirstProcess(in: space, root: folders.root, limit: spec.mostProcesses) {
      [weak space] exit in space?.report(lossOf: spec.name, exit)
    }
    // After the first process, which would keep them where a power cut replaces them.
    try Namespaces.unshare([.messages])
    namespaces = try Namespaces()
    // Last, for with it this thread loses its view of the runner's files. The first process comes
    // along: pivot_root(2) moves whoever has the old root.
    try Mounts.pivot(to: folders.root)
    try first.awaitReady()
  }

  /// Forgets every message queue, semaphore and shared memory, as a machine without power does.
  func renewMessages() throws(NodesError) {
    do {
      try namespaces.messages.replace(with: try Namespaces.freshMessages())
    } catch let error as Errno { throw .system(error) } catch { fatalError("\(error)") }
  }

  /// Makes the rules of a node that masquerades.
  static func masquerade(
    _ spec: NodeSpec, by netfilter: Netfilter?, _ netlink: Netlink
  ) throws(Errno) {
    guard !spec.masquerades.isEmpty else { return }
    try netfilter?.masquerade(
      leavingBy: spec.masquerades.map { (name) throws(Errno) in try netlink.link(name).index })
  }

  private static func configure(_ spec: NodeSpec, _ netlink: Netlink) throws(Errno) {
    var settings = spec.networkSettings
    let hasSix = spec.interfaces.contains(where: \.hasIPv6)
    if spec.forwards {
      settings["ipv4/ip_forward"] = "1"
      if hasSix { settings["ipv6/conf/all/forwarding"] = "1" }
    }
    for interface in spec.interfaces {
      settings.merge(try interface.settingsOfIPv6()) { own, _ in own }
    }
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      try Files.set("/proc/sys/net/\(name)", to: value)
    }
    for interface in spec.interfaces {
      if interface.hardwareAddress != nil || interface.mtu != nil {
        try netlink.setLink(
          interface.name, hardwareAddress: interface.hardwareAddress, mtu: interface.mtu)
      }
      try netlink.setLink(interface.name, up: true)
      for prefix in interface.addresses {
        try netlink.add(InterfaceAddress(interface: interface.name, prefix: prefix))
      }
    }
    for route in spec.routes {
      try netlink.addRoute(
        to: route.destination, via: route.gateway, interface: route.interface)
    }
  }
}
