public import Basics

/// The TCP sockets of a network as its kernel lists them: `/proc/net/tcp` and `tcp6`, proc_net(5).
public struct SocketTable: Hashable, Sendable {
  /// One end of a connection; an IPv4 address that an IPv6 socket shows counts as such.
  public struct End: Hashable, Sendable {
    /// On which interface, or the other's.
    public let address: IPAddress
    /// In the machine's order of bytes.
    public let port: UInt16

    /// An address and a port on it.
    public init(_ address: IPAddress, _ port: UInt16) {
      self.address = address
      self.port = port
    }
  }

  /// A socket whose connection is established.
  public struct Connection: Hashable, Sendable {
    /// The end in this network.
    public let local: End
    /// The other end.
    public let remote: End
  }

  /// In the kernel's order.
  public let established: [Connection]

  /// Of the calling thread's network.
  public init() throws(Errno) {
    let texts = try ["tcp", "tcp6"].map { (name) throws(Errno) in
      let path = "/proc/thread-self/net/\(name)"
      return Files.exists(path) ? try Files.read(path) : ""
    }
    self.init(texts.joined(separator: "\n"))
  }

  /// Reads the text of such files; lines that are none of a socket are left out.
  public init(_ text: String) {
    established = text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 4)
      guard words.count > 3, words[3] == Self.establishedState, let local = Self.end(words[1]),
        let remote = Self.end(words[2])
      else { return nil }
      return Connection(local: local, remote: remote)
    }
  }

  /// `TCP_ESTABLISHED`.
  private static let establishedState = "01"

  /// `0100007F:1F90`, the address in words of the machine's own order of bytes: one, or of IPv6 four.
  private static func end(_ text: Substring) -> End? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let number = UInt128(parts[0], radix: 16),
      let port = UInt16(parts[1], radix: 16)
    else { return nil }
    let words = stride(from: parts[0].utf8.count * 4 - 32, through: 0, by: -32).map {
      UInt32(bigEndian: UInt32(truncatingIfNeeded: number >> $0))
    }
    let bits = words.reduce(UInt128(0)) { $0 << 32 | UInt128($1) }
    switch words.count {
    case 1: return End(IPAddress(.v4, bits: bits), port)
    // What an IPv6 socket shows of an IPv4 connection (RFC 4291, section 2.5.5.2).
    case 4 where bits >> 32 == 0xffff: return End(IPAddress(.v4, bits: bits), port)
    case 4: return End(IPAddress(.v6, bits: bits), port)
    default: return nil
    }
  }
}

extension SocketTable.End: CustomStringConvertible {
  public var description: String { "\(address.inURL):\(port)" }
}
