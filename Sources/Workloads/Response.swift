/// What came back over HTTP.
public struct Response: Hashable, Sendable {
  public var status: Int
  public var body: String
  /// The server that answered, as it named itself in `X-Node`; nil when it did not.
  public var node: String?

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

  public var message: String {
    switch self {
    case .definite(let message), .indefinite(let message): message
    }
  }
}
