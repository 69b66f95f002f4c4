public import Basics
internal import CLinux
internal import Glibc

/// The kernel's announcements of IPv4 addresses that come and go in one network namespace: the
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

  /// Subscribes to the namespace of the calling thread (rtnetlink(7), `RTMGRP_IPV4_IFADDR`); throws
  /// when the kernel grants no such socket.
  public init() throws(Errno) {
    let socket = try Netlink.open(groups: UInt32(RTMGRP_IPV4_IFADDR))
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
  public let prefix: IPv4Prefix
  /// True when the address is there now (`RTM_NEWADDR`), false when it went (`RTM_DELADDR`).
  public let isHeld: Bool

  /// Nil for anything but an IPv4 address that came or went.
  init?(_ reply: NetlinkReply) {
    guard reply.type == Int(RTM_NEWADDR) || reply.type == Int(RTM_DELADDR),
      reply.payload.first == UInt8(AF_INET)
    else { return nil }
    let attributes = reply.attributes(after: 8)
    let bytes = attributes[Int(IFA_LOCAL)] ?? attributes[Int(IFA_ADDRESS)] ?? []
    let length = Int(reply.payload[1])
    guard bytes.count == 4, length <= 32 else { return nil }
    index = reply.payload.number(at: 4, Int32.self)
    prefix = IPv4Prefix(
      IPv4(bits: UInt32(bigEndian: bytes.number(at: 0, UInt32.self))), length: length)
    isHeld = reply.type == Int(RTM_NEWADDR)
  }
}
