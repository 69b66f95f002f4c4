/// How requests travel, whatever they ask: headers, TLS and connections.
public struct HTTPOptions: Hashable, Sendable {
  /// Sent with every request, sorted by name; each replaces a header of the client's own.
  public var headers: [Header] = []
  /// Only matters where the service's URL begins with `https`.
  public var tls = TLS()
  /// Whether requests share a connection; each has its own unless told otherwise.
  public var connections = Connections.fresh

  /// The header in which an answer names the server that gave it.
  public var serverHeader = "X-Node"
  /// How many bytes of an answer's body are taken; a longer answer is an error.
  public var longestAnswer = 1 << 20

  /// Fresh connections, no headers, the machine's own authorities.
  public static let plain = HTTPOptions()

  init() {}

  /// A header field that a user adds to requests.
  public struct Header: Hashable, Sendable {
    /// A token, as RFC 9110, 5.6.2 has it.
    public let name: String
    /// One line without control characters but tabs; may be empty.
    public let value: String

    /// The caller promises a token and one line.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How long a connection lives.
  public enum Connections: String, CaseIterable, Sendable {
    /// A connection for each request.
    case fresh
    /// A connection is used again for as long as both sides leave it open. A request that was
    /// sent on a connection that then broke is not sent again: its outcome is unknown.
    case kept
  }

  /// Whom a client trusts, and how it proves who it is.
  public struct TLS: Hashable, Sendable {
    /// The only authorities that are trusted; nil trusts those of the machine.
    public var authorities: PEM?
    /// The client's own certificate; nil shows none.
    public var certificate: PEM?
    /// The key of the client's certificate; nil when the certificate's file holds it.
    public var key: PEM?
    /// Takes any certificate of any name.
    public var isInsecure = false
  }

  /// What a PEM file holds, or where it is.
  public enum PEM: Hashable, Sendable {
    case file(String)
    case bytes([UInt8])
  }

  /// Reads every file that is named, so that who uses the options needs none.
  ///
  /// A client lives in the mounts of its node, where the runner's files may not be seen.
  public mutating func load<Failure>(
    _ read: (String) throws(Failure) -> [UInt8]
  ) throws(Failure) {
    func loaded(_ pem: PEM?) throws(Failure) -> PEM? {
      guard case .file(let path)? = pem else { return pem }
      return .bytes(try read(path))
    }
    tls.authorities = try loaded(tls.authorities)
    tls.certificate = try loaded(tls.certificate)
    tls.key = try loaded(tls.key)
  }
}
