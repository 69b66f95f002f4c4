public import Basics
internal import CLinux
internal import Glibc

extension Netlink {
  /// An entry of the neighbour table: who has an address on an interface's segment.
  public struct Neighbour: Hashable, Sendable {
    /// The kernel's number of the interface.
    public let index: Int32
    /// Whose hardware address it is.
    public let address: IPAddress
    /// Nil while it is not known.
    public let hardwareAddress: MAC?
    /// Set by an administrator, so that nothing that is announced changes it (`NUD_PERMANENT`).
    public let isPermanent: Bool
  }

  /// Every neighbour that the kernel knows of, of either family, in its order.
  public func neighbours() throws(Errno) -> [Neighbour] {
    var message = NetlinkMessage(type: Int(RTM_GETNEIGH), flags: Int32(NLM_F_DUMP))
    message.appendNeighbour(family: UInt8(AF_UNSPEC), index: 0, state: 0)
    return try exchange(message, "list the neighbours")
      .filter { $0.type == Int(RTM_NEWNEIGH) }.compactMap(Neighbour.init)
  }

  /// Sets where packets for an address go, for good and whatever is announced; an entry for it is replaced.
  public func fixNeighbour(
    _ address: IPAddress, at hardwareAddress: MAC, on interface: String
  ) throws(Errno) {
    let flags = Int32(NLM_F_ACK) | Int32(NLM_F_CREATE) | Int32(NLM_F_REPLACE)
    var message = NetlinkMessage(type: Int(RTM_NEWNEIGH), flags: flags)
    message.appendNeighbour(
      family: UInt8(address.family.kernelNumber), index: try link(interface).index,
      state: Self.permanent)
    message.append(attribute: Int(NDA_DST), address.bytes)
    message.append(attribute: Int(NDA_LLADDR), hardwareAddress.bytes)
    try change(message, "fix the neighbour \(address)")
  }

  /// Removes an entry; throws ENOENT where there is none.
  public func delete(_ neighbour: Neighbour) throws(Errno) {
    var message = NetlinkMessage(type: Int(RTM_DELNEIGH), flags: Int32(NLM_F_ACK))
    message.appendNeighbour(
      family: UInt8(neighbour.address.family.kernelNumber), index: neighbour.index, state: 0)
    message.append(attribute: Int(NDA_DST), neighbour.address.bytes)
    try change(message, "forget the neighbour \(neighbour.address)")
  }

  /// `NUD_PERMANENT` of `linux/neighbour.h`.
  fileprivate static let permanent: UInt16 = 0x80
  /// `NUD_NOARP`: for what needs no neighbour, such as a broadcast.
  fileprivate static let needless: UInt16 = 0x40
}

extension NetlinkMessage {
  /// `struct ndmsg`.
  fileprivate mutating func appendNeighbour(family: UInt8, index: Int32, state: UInt16) {
    append(family)
    append(UInt8(0))
    append(UInt16(0))
    append(index)
    append(state)
    append(UInt16(0))
  }
}

extension Netlink.Neighbour {
  /// Nil for what is no neighbour of IP.
  fileprivate init?(_ reply: NetlinkReply) {
    let attributes = reply.attributes(after: 12)
    let state = reply.payload.number(at: 8, UInt16.self)
    guard reply.payload.count >= 12, state & Netlink.needless == 0,
      let address = attributes[Int(NDA_DST)].flatMap({ IPAddress(bytes: $0) })
    else { return nil }
    let bytes = attributes[Int(NDA_LLADDR)] ?? []
    self.init(
      index: reply.payload.number(at: 4, Int32.self), address: address,
      hardwareAddress: bytes.count == 6
        ? MAC(bits: bytes.reduce(0) { $0 << 8 | UInt64($1) }) : nil,
      isPermanent: state & Netlink.permanent != 0)
  }
}
