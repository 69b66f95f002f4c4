internal import Basics
internal import Linux
internal import Synchronization

/// Takes every local port of a node for TCP: a few ports are taken, and then the range that connections
/// begin at is narrowed to these (`ip_local_port_range`, ip(7)). Connections that exist go on.
public final class UsedUpPorts: Sendable {
  /// How many ports the node's connections may begin at meanwhile, all of them taken.
  public static let count = 32

  private static let path = "/proc/sys/net/ipv4/ip_local_port_range"
  /// Where a run of free ports is looked for: above those that connections usually begin at, then below.
  private static let candidates =
    Array(stride(from: 61_000, to: 65_000, by: count))
    + Array(stride(from: 20_000, to: 32_000, by: count))

  private let node: Node
  private let usual: String
  private let taken: Mutex<[HeldSocket]>

  /// Takes them all before it returns.
  public init(on node: Node) throws(NodesError) {
    self.node = node
    let (sockets, usual) = try node.inNetwork { () throws(Errno) in
      let usual = try Files.read(Self.path)
      let sockets = try Self.take()
      let ports = sockets.map(\.local.port)
      try Files.set(Self.path, to: "\(ports.min()!) \(ports.max()!)")
      return (sockets, usual)
    }
    self.usual = usual.split(separator: "\n").joined()
    taken = Mutex(sockets)
  }

  /// Whether a connection that begins on the node finds no port.
  public func isRefused() throws(NodesError) -> Bool {
    try node.inNetwork { () throws(Errno) in try !HeldSocket.findsPort() }
  }

  /// Gives them back, and looks that a connection finds one. Doing it twice does no harm.
  public func end() throws(NodesError) {
    try node.inNetwork { () throws(Errno) in try Files.set(Self.path, to: usual) }
    taken.withLock { $0 = [] }
    if try isRefused() { throw .notConfirmed("node \(node.name) still has no local port") }
  }

  /// The first run of free ports; a port in it that somebody has would be shared by connections to other
  /// places.
  private static func take() throws(Errno) -> [HeldSocket] {
    var refusal: Errno?
    for first in candidates {
      do throws(Errno) {
        return try (first..<first + count).map { (port) throws(Errno) in
          try HeldSocket(takingPort: UInt16(port))
        }
      } catch { refusal = error }
    }
    throw refusal ?? Errno(98, "find free ports")
  }
}
