/// One HTTP request that a client is to send.
public struct HTTPRequest: Hashable, Sendable {
  /// As it stands in the request line: `GET`, `POST`.
  public var method: String
  /// Path and query, appended to the service's URL; empty for the URL itself.
  public var path: String
  /// Beside those of the client's options, and in the place of those of the same name.
  public var headers: [HTTPOptions.Header]
  /// Sent as UTF-8; nil sends no body.
  public var body: String?

  /// Unless told otherwise a request has no body and no headers of its own.
  public init(
    method: String, path: String, headers: [HTTPOptions.Header] = [], body: String? = nil
  ) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
  }

  /// A safe method changes nothing (RFC 9110, 9.2.1).
  public var isSafe: Bool { method == "GET" || method == "HEAD" }
}

/// What came back over HTTP.
public struct HTTPResponse: Hashable, Sendable {
  /// The three-digit status code (RFC 9110, 15).
  public var status: Int
  /// The whole body read as UTF-8; bytes that are none are replaced by U+FFFD.
  public var body: String
  /// The server that answered, as it named itself; nil when it did not.
  public var node: String?

  /// Without `node` nobody knows which server answered.
  public init(status: Int, body: String, node: String? = nil) {
    self.status = status
    self.body = body
    self.node = node
  }
}
