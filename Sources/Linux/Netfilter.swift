internal import CLinux
internal import Glibc
internal import Synchronization

/// A conversation with the packet filter of one network namespace (nfnetlink, nf_tables): the one of the thread
/// that opened it. Usable from any thread afterwards.
public final class Netfilter: Sendable {
  private struct State: ~Copyable {
    let socket: Descriptor
    var sequence: UInt32 = 0
  }

  private let state: Mutex<State>

  /// Opens a socket in the network namespace of the calling thread; throws when the kernel refuses it.
  public init() throws(Errno) {
    state = Mutex(State(socket: try Netlink.open(groups: 0, protocol: NETLINK_NETFILTER)))
  }

  /// From now on what is passed on and leaves by one of these interfaces bears that interface's own address,
  /// of either family, and what is answered to it finds its way back. To be asked once.
  ///
  /// - Parameter interfaces: the kernel's numbers of them.
  /// - Throws: `EOPNOTSUPP` where the kernel has no nf_tables.
  public func masquerade(leavingBy interfaces: [Int32]) throws(Errno) {
    try perform(
      [
        .batch(NFNL_MSG_BATCH_BEGIN), .masqueradingTable, .masqueradingChain,
      ] + interfaces.map { .masquerading($0) } + [.batch(NFNL_MSG_BATCH_END)],
      "masquerade what leaves by interface "
        + interfaces.map { "\($0)" }.joined(separator: ", "))
  }

  /// Forgets every table of rules, whoever made it: what is not made again was never there.
  public func forgetTables() throws(Errno) {
    try perform(
      [.batch(NFNL_MSG_BATCH_BEGIN), .forgetTables, .batch(NFNL_MSG_BATCH_END)],
      "forget the rules of the packet filter")
  }

  /// Forgets every connection that it has seen, and so whom an answer is for: as a router does that loses its
  /// power.
  public func forgetConnections() throws(Errno) {
    try perform([.forgetConnections], "forget the connections that were masqueraded")
  }

  /// Sends requests as one and waits for the kernel's word on those that ask for it.
  private func perform(_ requests: [NetlinkMessage], _ attempt: String) throws(Errno) {
    let result: Result<Void, Errno> = state.withLock { state in
      let first = state.sequence + 1
      state.sequence += UInt32(requests.count)
      var bytes: [UInt8] = []
      var awaited: Set<UInt32> = []
      for (number, request) in requests.enumerated() {
        let sequence = first + UInt32(number)
        bytes += request.finished(sequence: sequence)
        if request.asksForAnswer { awaited.insert(sequence) }
      }
      do throws(Errno) {
        try state.socket.write(bytes)
        try Self.wait(for: awaited, since: first, state.socket)
        return .success(())
      } catch { return .failure(Errno(error.code, attempt)) }
    }
    try result.get()
  }

  /// What is wrong with a batch may be said of its beginning, of which nothing is awaited.
  private static func wait(
    for sequences: Set<UInt32>, since first: UInt32, _ socket: borrowing Descriptor
  ) throws(Errno) {
    var missing = sequences
    while !missing.isEmpty {
      for reply in NetlinkReply.parse(try socket.read(upTo: 65_536))
      where reply.sequence >= first && reply.type == Int(NLMSG_ERROR) {
        let code = reply.payload.number(at: 0, Int32.self)
        if code != 0 { throw Errno(-code, "") }
        missing.remove(reply.sequence)
      }
    }
  }
}
