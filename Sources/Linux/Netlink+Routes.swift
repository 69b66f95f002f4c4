public import Basics
internal import CLinux
internal import Glibc

extension Netlink {
  /// A route of the main table.
  public struct Route: Hashable, Sendable {
    /// `.everything` for the default route.
    public let destination: IPv4Prefix
    /// Nil where the destination is on the interface's own segment.
    public let gateway: IPv4?
    /// The kernel made it for an address, and takes it away with that.
    public let isKernels: Bool
  }

  /// Every IPv4 route of the main table, in the kernel's order.
  public func routes() throws(Errno) -> [Route] {
    var message = NetlinkMessage(type: Int(RTM_GETROUTE), flags: Int32(NLM_F_DUMP))
    for byte in [UInt8(AF_INET), 0, 0, 0, 0, 0, 0, 0] { message.append(byte) }
    message.append(UInt32(0))
    return try exchange(message, "list the routes")
      .filter { $0.type == Int(RTM_NEWROUTE) }.compactMap(Route.init)
  }
}

extension Netlink.Route {
  /// Nil for a route of another table, or one that is no way to anywhere.
  fileprivate init?(_ reply: NetlinkReply) {
    let head = reply.payload.prefix(12)
    guard head.count == 12, head[4] == UInt8(RT_TABLE_MAIN.rawValue),
      head[7] == UInt8(RTN_UNICAST), head[1] <= 32
    else { return nil }
    let attributes = reply.attributes(after: 12)
    let address = { (key: rtattr_type_t) in
      attributes[Int(key.rawValue)].map { bytes in
        IPv4(bits: UInt32(bigEndian: bytes.number(at: 0, UInt32.self)))
      }
    }
    self.init(
      destination: IPv4Prefix(address(RTA_DST) ?? IPv4(bits: 0), length: Int(head[1])),
      gateway: address(RTA_GATEWAY), isKernels: head[5] == UInt8(RTPROT_KERNEL))
  }
}
