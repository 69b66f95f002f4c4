internal import Basics
public import Linux
internal import Synchronization

/// TCP connections from one node to a port of another, or of the same, on which nothing is sent. One that
/// is closed at the other end is opened anew.
public final class HeldConnections: Sendable {
  /// From one look to the next, in nanoseconds.
  private static let interval: Int64 = 20_000_000
  /// How many are begun at one look: what waits to be accepted has little room (listen(2)).
  private static let most = 8
  /// After so long a connection must be in the server's own table, in nanoseconds. One whose last step was
  /// dropped there looks established at its own end only (tcp_syncookies, tcp(7)).
  private static let youth: Int64 = 1_000_000_000
  /// How long closing may take until it counts as not confirmed, in nanoseconds.
  private static let patience: Int64 = 2_000_000_000

  private let end: SocketTable.End
  private let source: Node
  private let server: Node
  /// How many there are to be.
  public let count: Int
  private struct Held {
    let socket: HeldSocket
    let begun = MonotonicClock.nanoseconds
  }

  private let sockets = Mutex<[Held]>([])
  private let recurrence = Mutex<Recurrence?>(nil)

  /// Begins at once, on a thread of its own.
  ///
  /// - Parameters:
  ///   - end: where the server listens, as `source` reaches it.
  ///   - server: the node that has this address.
  public init(_ count: Int, to end: SocketTable.End, on server: Node, from source: Node)
    throws(NodesError)
  {
    self.end = end
    self.count = count
    self.source = source
    self.server = server
    try source.inNetwork { () throws(Errno) in try open() }
    let recurrence = try Recurrence(named: "connections", every: Self.interval) { [weak self] in
      self?.look()
    }
    self.recurrence.withLock { $0 = recurrence }
  }

  /// How many of them the kernel of the server's node shows as established.
  public func established() throws(NodesError) -> Int {
    try ends(shownOf: Set(sockets.withLock { $0 }.map(\.socket.local))).count
  }

  /// Closes them, and looks that none is established at the server any more. Doing it twice does no harm.
  public func close() throws(NodesError) {
    recurrence.withLock { $0.take() }?.end()
    let ends = Set(
      sockets.withLock { sockets in
        defer { sockets = [] }
        return sockets.map(\.socket.local)
      })
    let deadline = MonotonicClock.nanoseconds + Self.patience
    while try !self.ends(shownOf: ends).isEmpty {
      guard MonotonicClock.nanoseconds < deadline else {
        throw .notConfirmed(
          "connections to port \(end.port) on \(server.name) are still established")
      }
      MonotonicClock.sleep(nanoseconds: Self.interval)
    }
  }

  /// Those of the ends that the server's kernel shows as the other ends of established connections.
  private func ends(shownOf ends: Set<SocketTable.End>) throws(NodesError) -> Set<SocketTable.End> {
    let table = try server.inNetwork { () throws(Errno) in try SocketTable() }
    return ends.intersection(
      table.established.filter { $0.local.port == end.port }.map(\.remote))
  }

  /// What cannot be opened now is tried again at the next look; it is the server's kernel that is asked
  /// how many there are.
  private func look() {
    let adults = sockets.withLock { sockets in
      sockets.filter { $0.begun + Self.youth < MonotonicClock.nanoseconds }.map(\.socket.local)
    }
    guard let shown = try? ends(shownOf: Set(adults)) else { return }
    let lost = Set(adults).subtracting(shown)
    sockets.withLock { sockets in sockets.removeAll { lost.contains($0.socket.local) } }
    try? source.inNetwork { () throws(Errno) in try open() }
  }

  private func open() throws(Errno) {
    try sockets.withLock { sockets throws(Errno) in
      sockets.removeAll(where: \.socket.isBroken)
      for _ in 0..<min(Self.most, max(0, count - sockets.count)) {
        sockets.append(Held(socket: try HeldSocket(connectingTo: end)))
      }
    }
  }
}

extension Node {
  /// Runs `body` on a thread in the node's network and waits for it; unlike a client's it keeps its
  /// capabilities, and sees the runner's files.
  func inNetwork<Result>(_ body: () throws(Errno) -> Result) throws(NodesError) -> Result {
    do {
      return try Thread.sync(named: "net \(name)") { () throws(Errno) in
        try ground.namespaces.enter([.network])
        return try body()
      }
    } catch let error as Errno { throw .system(error) } catch { fatalError("\(error)") }
  }
}
