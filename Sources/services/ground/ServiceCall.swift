/// One HTTP request to another service, on a connection of its own, and its whole answer.
public struct ServiceCall: Sendable {
  /// Where a service listens.
  public struct Place: Sendable, Hashable {
    /// An IPv4 address, or a name that has one.
    public let host: String
    /// Of TCP.
    public let port: UInt16

    /// Nothing is checked.
    public init(host: String, port: UInt16) {
      self.host = host
      self.port = port
    }

    /// `ADDRESS:PORT`; nil for anything else.
    public init?(_ text: String) {
      guard let colon = text.lastIndex(of: ":"),
        let port = UInt16(text[text.index(after: colon)...]), colon != text.startIndex
      else { return nil }
      self.init(host: String(text[..<colon]), port: port)
    }
  }

  /// What came back.
  public struct Answer: Sendable, Equatable {
    /// The three digits.
    public let status: Int
    /// Read as UTF-8.
    public let body: String

    /// Nothing is checked.
    public init(status: Int, body: String) {
      self.status = status
      self.body = body
    }
  }

  /// As it stands in the request line.
  public let method: String
  /// Path and query.
  public let path: String
  /// JSON; nil sends none.
  public let body: String?

  /// The caller promises a path without blanks.
  public init(_ method: String, _ path: String, body: String? = nil) {
    self.method = method
    self.path = path
    self.body = body
  }

  /// Asks, in HTTP/1.0, so that the answer ends with the connection.
  ///
  /// - Throws: `notConnected` where nothing was sent; anything else where nobody knows what came of it.
  public func ask(_ place: Place, until deadline: Deadline) throws(LineError) -> Answer {
    let connection = try LineConnection(to: place.host, port: place.port, until: deadline)
    try connection.send(text(for: place), until: deadline)
    return try Self.answer(in: connection.receiveRest(until: deadline))
  }

  /// Without the line's end that the connection adds, which is the body's last byte or the end of the headers.
  func text(for place: Place) -> String {
    var text = "\(method) \(path) HTTP/1.0\r\nHost: \(place.host):\(place.port)\r\n"
    guard let body else { return text + "\r" }
    text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count + 1)\r\n\r\n"
    return text + body
  }

  /// Reads `HTTP/1.1 200 OK`, headers, an empty line, and the rest.
  static func answer(in text: String) throws(LineError) -> Answer {
    let words = text.prefix(40).split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1].prefix(3))
    else { throw .broken("the answer is no HTTP") }
    let bytes = Array(text.utf8)
    let end = Array("\r\n\r\n".utf8)
    var at = 0
    while at + 4 <= bytes.count {
      if bytes[at] == end[0], bytes[at..<at + 4].elementsEqual(end) {
        return Answer(status: status, body: String(decoding: bytes[(at + 4)...], as: UTF8.self))
      }
      at += 1
    }
    throw .broken("the answer broke off")
  }
}
