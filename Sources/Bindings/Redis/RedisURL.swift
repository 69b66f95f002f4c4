internal import Basics

/// Where a server is, or those who know where the primary is.
public struct RedisURL: Hashable, Sendable {
  /// One server.
  public struct Place: Hashable, Sendable {
    /// A name or an address.
    public let host: String
    /// From 1 to 65535.
    public let port: Int

    /// Nil where the host is empty or there is no such port.
    public init?(host: String, port: Int) {
      guard !host.isEmpty, (1...65535).contains(port) else { return nil }
      self.host = host
      self.port = port
    }
  }

  /// The server; with a primary's name, the Sentinels.
  public let places: [Place]
  /// What the Sentinels call the primary; nil where the place is the server's.
  public let primary: String?
  /// Who logs in; nil for the usual user.
  public let user: String?
  /// What for; nil logs nobody in.
  public let password: String?
  /// The number of the database.
  public let database: Int

  private static let example = "redis://HOST:6379/0 or redis-sentinel://HOST,HOST,HOST/NAME"

  /// Reads `redis://user:password@host:port/database`, or
  /// `redis-sentinel://user:password@host:port,host/name`.
  public init(_ url: String) throws(BindingError) {
    guard let start = url.firstRange(of: "://")?.upperBound else {
      throw BindingError("", "a URL such as \(Self.example) is expected, not '\(url)'")
    }
    let isSentinel = url.lowercased().hasPrefix("redis-sentinel:")
    let rest = url[start...]
    let authority = rest.prefix { $0 != "/" }
    let path = String(rest.dropFirst(authority.count).dropFirst())
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    let login = parts.count > 1 ? parts.dropLast().joined(separator: "@") : nil
    let words = login?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    password = words.flatMap { $0.last }.map { String($0) }
    user = words.flatMap { $0.count > 1 && !$0[0].isEmpty ? String($0[0]) : nil }
    var places: [Place] = []
    for place in (parts.last ?? "").split(separator: ",", omittingEmptySubsequences: false) {
      places.append(try Self.place(place, usual: isSentinel ? 26379 : 6379, of: url))
    }
    self.places = places
    if isSentinel {
      guard !path.isEmpty, !path.contains("/") else {
        throw BindingError("", "'\(url)' needs the primary's name: \(Self.example)")
      }
      primary = path
      database = 0
      return
    }
    primary = nil
    guard places.count == 1 else {
      throw BindingError("", "'\(url)' names several servers; 'redis' takes one: \(Self.example)")
    }
    guard path.isEmpty || Int(path).map({ (0...16_384).contains($0) }) == true else {
      throw BindingError("", "'\(path)' is no number of a database in '\(url)'")
    }
    database = Int(path) ?? 0
  }

  private static func place(
    _ text: Substring, usual: Int, of url: String
  ) throws(BindingError) -> Place {
    // An IPv6 address stands in brackets, for it has colons of its own (RFC 3986, section 3.2.2).
    let isBracketed = text.hasPrefix("[")
    let end = text.firstIndex(of: isBracketed ? "]" : ":") ?? text.endIndex
    let host = isBracketed ? text[..<end].dropFirst() : text[..<end]
    let rest = text[end...].drop { $0 == "]" }
    let port = rest.isEmpty ? usual : rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil
    let isWhole = !isBracketed || IPAddress(text: host)?.family == .v6 && end < text.endIndex
    guard isWhole, let port, let place = Place(host: String(host), port: port) else {
      throw BindingError("", "'\(text)' is no HOST:PORT in '\(url)'; write \(example)")
    }
    return place
  }
}
