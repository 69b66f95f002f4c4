internal import CLinux
internal import Glibc
internal import Synchronization

/// A conversation with the routing part of the kernel (rtnetlink(7)) about one network namespace:
/// the one of the thread that opened it. Usable from any thread afterwards.
public final class Netlink: Sendable {
  private struct State: ~Copyable {
    let socket: Descriptor
    var sequence: UInt32 = 0
  }

  private let state: Mutex<State>

  /// Opens a socket in the network namespace of the calling thread; throws when the kernel refuses
  /// it.
  public init() throws(Errno) {
    state = Mutex(State(socket: try Netlink.open(groups: 0)))
  }

  static func open(groups: UInt32, protocol: Int32 = NETLINK_ROUTE) throws(Errno) -> Descriptor {
    let socket = Descriptor(
      owning: try Errno.retrying("open a netlink socket") {
        Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), `protocol`)
      })
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    address.nl_groups = groups
    try Errno.retrying("bind a netlink socket") {
      unsafe withUnsafePointer(to: &address) { address in
        unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(socket.raw, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
        }
      }
    }
    return socket
  }

  /// Sends a request that changes something and waits for the kernel's word on it.
  func change(_ message: NetlinkMessage, _ attempt: String) throws(Errno) {
    _ = try exchange(message, attempt)
  }

  /// Sends a request and returns every message of the answer.
  func exchange(_ message: NetlinkMessage, _ attempt: String) throws(Errno) -> [NetlinkReply] {
    let result: Result<[NetlinkReply], Errno> = state.withLock { state in
      state.sequence += 1
      let sequence = state.sequence
      do throws(Errno) {
        try state.socket.write(message.finished(sequence: sequence))
        return .success(try Netlink.collect(state.socket, sequence, attempt))
      } catch { return .failure(Errno(error.code, attempt)) }
    }
    return try result.get()
  }

  private static func collect(
    _ socket: borrowing Descriptor, _ sequence: UInt32, _ attempt: String
  ) throws(Errno) -> [NetlinkReply] {
    var answer: [NetlinkReply] = []
    while true {
      for reply in NetlinkReply.parse(try socket.read(upTo: 65_536))
      where reply.sequence == sequence {
        if reply.type == Int(NLMSG_DONE) { return answer }
        if reply.type == Int(NLMSG_ERROR) {
          let code = reply.payload.number(at: 0, Int32.self)
          if code == 0 { return answer }
          throw Errno(-code, attempt)
        }
        answer.append(reply)
      }
    }
  }
}
