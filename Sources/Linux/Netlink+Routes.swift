public import Basics
internal import CLinux
internal import Glibc

extension Netlink {
  /// A route of the main table.
  public struct Route: Hashable, Sendable {
    /// `.everything` for the default route.
    public let destination: IPPrefix
    /// Nil where the destination is on the interface's own segment.
    public let gateway: IPAddress?
    /// The kernel made it for an address, and takes it away with that.
    public let isKernels: Bool
  }

  /// Every route of the main table, those of IPv4 first, in the kernel's order.
  public func routes() throws(Errno) -> [Route] {
    var routes: [Route] = []
    for family in IPAddress.Family.allCases {
      var message = NetlinkMessage(type: Int(RTM_GETROUTE), flags: Int32(NLM_F_DUMP))
      for byte in [UInt8(family.kernelNumber), 0, 0, 0, 0, 0, 0, 0] { message.append(byte) }
      message.append(UInt32(0))
      // A kernel without IPv6 answers with the routes of all families that it has.
      routes += try exchange(message, "list the routes")
        .filter {
          $0.type == Int(RTM_NEWROUTE) && $0.payload.first == UInt8(family.kernelNumber)
        }.compactMap(Route.init)
    }
    return routes
  }
}

extension Netlink.Route {
  /// Nil for a route of another table, or one that is no way to anywhere.
  fileprivate init?(_ reply: NetlinkReply) {
    let head = reply.payload.prefix(12)
    guard head.count == 12, head[4] == UInt8(RT_TABLE_MAIN.rawValue),
      head[7] == UInt8(RTN_UNICAST),
      let family = IPAddress.Family(kernelNumber: Int32(head[0])), head[1] <= family.width
    else { return nil }
    let attributes = reply.attributes(after: 12)
    let address = { (key: rtattr_type_t) in
      attributes[Int(key.rawValue)].flatMap { IPAddress(bytes: $0) }
    }
    self.init(
      destination: IPPrefix(
        address(RTA_DST) ?? IPAddress(family, bits: 0), length: Int(head[1])),
      gateway: address(RTA_GATEWAY), isKernels: head[5] == UInt8(RTPROT_KERNEL))
  }
}
