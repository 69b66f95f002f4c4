internal import CLinux
internal import Glibc
internal import Linux
internal import Synchronization

/// Answers requests at a socket in the file system, which is reachable from outside the run's
/// namespaces. Only the socket's owner may connect.
public final class ControlServer: Sendable {
  /// The socket in the file system, for `ControlClient`.
  public let path: String
  private let stopping: Mutex<Descriptor?>
  private let thread = Mutex<Linux.Thread?>(nil)
  /// How many requests are being answered.
  private let underWay = UnderWay()

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - path: the socket; an old one is replaced. A folder longer than a socket's path may be
  ///     is no obstacle.
  ///   - answer: called on a thread per connection, so that a long command holds up nobody;
  ///     returns the bytes of the reply. `isGone` tells whether the client went away meanwhile.
  public init(
    at path: String,
    answer: @escaping @Sendable (borrowing ControlRequest, _ client: ControlClientWatch) -> [UInt8]
  ) throws(NodesError) {
    self.path = path
    let socket = try system { () throws(Errno) in
      unsafe try Errno.check(cl_unix_listen(path), "listen at \(path)")
    }
    let pipe = try system { () throws(Errno) in try Descriptor.pipe() }
    let stop = try system { () throws(Errno) in try pipe.reading.duplicate().release() }
    stopping = Mutex(pipe.keepWriting())
    let underWay = underWay
    let started = try system { () throws(Errno) in
      try Thread(named: "control") {
        Self.accept(Descriptor(owning: socket), Descriptor(owning: stop), underWay, answer)
      }
    }
    thread.withLock { $0 = started }
  }

  private final class UnderWay: Sendable { let count = Atomic(0) }

  /// Waits until nothing is being answered, or that moment of `MonotonicClock`.
  public func settle(until deadline: Int64) {
    while underWay.count.load(ordering: .relaxed) > 0, MonotonicClock.nanoseconds < deadline {
      MonotonicClock.sleep(nanoseconds: 2_000_000)
    }
  }

  /// Ends the service and removes the socket; answers under way are not waited for.
  public func stop() throws(NodesError) {
    stopping.withLock { $0 = nil }
    thread.withLock { $0 }?.join()
    try system { () throws(Errno) in try Files.remove(path) }
  }

  private static func accept(
    _ socket: consuming Descriptor, _ stop: consuming Descriptor, _ underWay: UnderWay,
    _ answer: @escaping @Sendable (borrowing ControlRequest, ControlClientWatch) -> [UInt8]
  ) {
    while let ready = try? Poll.wait([stop.raw, socket.raw]), !ready[0] {
      let client = cl_accept(socket.raw)
      if client < 0 {
        // Out of descriptors, say: better soon than at once.
        MonotonicClock.sleep(nanoseconds: 10_000_000)
        continue
      }
      let started = try? Thread(named: "control client") {
        Self.serve(Descriptor(owning: client), underWay, answer)
      }
      if started == nil { _ = Descriptor(owning: client) }
    }
  }

  /// A client that breaks the rules or goes away loses its connection, nobody else does.
  private static func serve(
    _ socket: consuming Descriptor, _ underWay: UnderWay,
    _ answer: (borrowing ControlRequest, ControlClientWatch) -> [UInt8]
  ) {
    do {
      while let request = try ControlWire.receive(socket) {
        underWay.count.add(1, ordering: .relaxed)
        defer { underWay.count.subtract(1, ordering: .relaxed) }
        let reply = answer(request, ControlClientWatch(socket: socket.raw))
        try ControlWire.send(reply, files: [], to: socket)
      }
    } catch {}
  }
}

/// Tells a long answer whether anybody still waits for it.
public struct ControlClientWatch: Sendable {
  /// To poll beside other descriptors: readable when the client went away. Valid while its
  /// request is answered.
  public let socket: Int32

  /// Whether the client went away by now; does not wait.
  public func isGone() throws(NodesError) -> Bool {
    try system { () throws(Errno) in
      try Poll.wait([socket], until: MonotonicClock.nanoseconds)[0]
    }
  }
}
