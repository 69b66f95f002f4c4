public import Basics
internal import CLinux
internal import Glibc

/// The kernel's announcements of addresses that come and go in one network namespace: the
/// one of the thread that opened it.
public final class AddressSubscription: Sendable {
  private let socket: Descriptor

  /// What was announced since the last look.
  public struct News: Sendable {
    /// In the order the kernel announced them.
    public internal(set) var changes: [AddressChange] = []
    /// The kernel dropped announcements for want of room: list the addresses and compare.
    public internal(set) var isIncomplete = false
  }

  /// Subscribes to the namespace of the calling thread (rtnetlink(7), `RTMGRP_IPV4_IFADDR` and
  /// `RTMGRP_IPV6_IFADDR`); throws when the kernel grants no such socket.
  public init() throws(Errno) {
    let socket = try Netlink.open(groups: UInt32(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR))
    try Errno.check(cl_set_nonblocking(socket.raw), "make a socket non-blocking")
    self.socket = socket
  }

  /// To wait on: readable when something changed.
  public var raw: Int32 { socket.raw }

  /// Takes what was announced since the last call.
  public func drain() throws(Errno) -> News {
    var news = News()
    while true {
      do throws(Errno) {
        let replies = NetlinkReply.parse(try socket.read(upTo: 65_536))
        news.changes += replies.compactMap { AddressChange($0) }
      } catch {
        switch error.code {
        case EAGAIN: return news
        case ENOBUFS: news.isIncomplete = true
        default: throw error
        }
      }
    }
  }
}

/// An address appeared on or went from an interface, named by its index.
public struct AddressChange: Hashable, Sendable {
  /// The kernel's number of the interface, as in `Netlink.Link.index`.
  public let index: Int32
  /// The interface's own address, with the length of its network's prefix.
  public let prefix: IPPrefix
  /// True when the address is there now (`RTM_NEWADDR`), false when it went (`RTM_DELADDR`), and while it
  /// may not be used: an IPv6 address of which the kernel still looks, or saw, that a neighbour has it.
  public let isHeld: Bool

  /// Nil for anything but an IP address that came or went.
  init?(_ reply: NetlinkReply) {
    guard reply.type == Int(RTM_NEWADDR) || reply.type == Int(RTM_DELADDR),
      let family = reply.payload.first.flatMap({ IPAddress.Family(kernelNumber: Int32($0)) })
    else { return nil }
    let attributes = reply.attributes(after: 8)
    let bytes = attributes[Int(IFA_LOCAL)] ?? attributes[Int(IFA_ADDRESS)] ?? []
    let length = Int(reply.payload.number(at: 1, UInt8.self))
    guard let address = IPAddress(bytes: bytes), address.family == family, length <= family.width
    else { return nil }
    index = reply.payload.number(at: 4, Int32.self)
    prefix = IPPrefix(address, length: length)
    // The longer field, where there is one, has the flags of the shorter, too.
    let flags =
      attributes[Int(IFA_FLAGS)]?.number(at: 0, UInt32.self)
      ?? UInt32(reply.payload.number(at: 2, UInt8.self))
    let unusable = UInt32(IFA_F_TENTATIVE | IFA_F_DADFAILED)
    isHeld = reply.type == Int(RTM_NEWADDR) && (family == .v4 || flags & unusable == 0)
  }
}
