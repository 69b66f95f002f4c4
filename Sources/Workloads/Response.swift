/// What came back over HTTP.
public struct Response: Hashable, Sendable {
  /// The three-digit status code (RFC 9110, 15).
  public var status: Int
  /// The whole body read as UTF-8; bytes that are none are replaced by U+FFFD.
  public var body: String
  /// The server that answered, as it named itself in `X-Node`; nil when it did not.
  public var node: String?

  /// Without `node` nobody knows which server answered.
  public init(status: Int, body: String, node: String? = nil) {
    self.status = status
    self.body = body
    self.node = node
  }
}

/// No answer came. The one question a checker asks: could the request have taken effect?
public enum ClientError: Error, Hashable, Sendable {
  /// It certainly did not: nothing was sent.
  case definite(String)
  /// It may have, now or later: it was sent, and then the time ran out or the connection broke.
  case indefinite(String)

  /// What went wrong, mostly in libcurl's words.
  public var message: String {
    switch self {
    case .definite(let message), .indefinite(let message): message
    }
  }
}
