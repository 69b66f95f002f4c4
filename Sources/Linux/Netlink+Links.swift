public import Basics
internal import CLinux
internal import Glibc

extension Netlink {
  /// A network interface.
  public struct Link: Hashable, Sendable {
    /// The kernel's number of it, which stays when the name changes.
    public let index: Int32
    /// Its name in its network namespace: `eth0`, `lo`.
    public let name: String
    /// Set to be up by its administrator.
    public let isUp: Bool
    /// Up, and its cable is plugged: what a link-down fault takes away.
    public let hasCarrier: Bool
    /// The largest packet it sends, in bytes, the Ethernet header not included.
    public let mtu: Int
    /// Six bytes for an Ethernet interface.
    public let hardwareAddress: [UInt8]

    /// The same as a value; nil where it is not one of Ethernet.
    public var ethernetAddress: MAC? {
      guard hardwareAddress.count == 6 else { return nil }
      return MAC(bits: hardwareAddress.reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  /// Every interface, by index.
  public func links() throws(Errno) -> [Link] {
    var message = NetlinkMessage(type: Int(RTM_GETLINK), flags: Int32(NLM_F_DUMP))
    message.appendLink(index: 0, flags: 0, change: 0)
    return try exchange(message, "list the interfaces")
      .filter { $0.type == Int(RTM_NEWLINK) }.map(Link.init).sorted { $0.index < $1.index }
  }

  /// The interface of that name.
  public func link(_ name: String) throws(Errno) -> Link {
    guard let link = try links().first(where: { $0.name == name }) else {
      throw Errno(ENODEV, "find interface \(name)")
    }
    return link
  }

  /// Sets an interface up or down; down also removes its routes, as `ip link set down` does.
  public func setLink(_ name: String, up: Bool) throws(Errno) {
    var message = NetlinkMessage(type: Int(RTM_NEWLINK), flags: Int32(NLM_F_ACK))
    message.appendLink(index: try link(name).index, flags: up ? 1 : 0, change: 1)
    try change(message, "set interface \(name) \(up ? "up" : "down")")
  }

  /// Sets the Ethernet address (six bytes) and the MTU; nil leaves one as it is.
  public func setLink(_ name: String, hardwareAddress: MAC?, mtu: Int?) throws(Errno) {
    var message = NetlinkMessage(type: Int(RTM_NEWLINK), flags: Int32(NLM_F_ACK))
    message.appendLink(index: try link(name).index, flags: 0, change: 0)
    if let hardwareAddress { message.append(attribute: Int(IFLA_ADDRESS), hardwareAddress.bytes) }
    if let mtu { message.append(attribute: Int(IFLA_MTU), UInt32(mtu)) }
    try change(message, "configure interface \(name)")
  }
}

extension NetlinkMessage {
  mutating func appendLink(index: Int32, flags: UInt32, change: UInt32) {
    append(UInt8(AF_UNSPEC))
    append(UInt8(0))
    append(UInt16(0))
    append(index)
    append(flags)
    append(change)
  }
}

extension Netlink.Link {
  init(_ reply: NetlinkReply) {
    let attributes = reply.attributes(after: 16)
    let flags = reply.payload.number(at: 8, UInt32.self)
    self.init(
      index: reply.payload.number(at: 4, Int32.self),
      name: text(attributes[Int(IFLA_IFNAME)] ?? []),
      isUp: flags & 1 != 0,
      hasCarrier: (attributes[Int(IFLA_CARRIER)]?.first ?? 0) != 0,
      mtu: Int((attributes[Int(IFLA_MTU)] ?? []).number(at: 0, UInt32.self)),
      hardwareAddress: attributes[Int(IFLA_ADDRESS)] ?? [])
  }
}

private func text(_ bytes: [UInt8]) -> String {
  String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
