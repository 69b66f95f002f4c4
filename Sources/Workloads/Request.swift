/// One HTTP request that a client is to send, and the operation it stands for.
public struct Request: Hashable, Sendable {
  /// The operation's function in the history: `add`, `read`, `generate`, `request`.
  public var function: String
  /// What the operation is invoked with.
  public var argument: Payload
  /// As it stands in the request line: `GET`, `POST`.
  public var method: String
  /// Path and query, appended to the service's URL; empty for the URL itself.
  public var path: String
  /// Sent as UTF-8; nil sends no body.
  public var body: String?
  /// Reads change nothing: whatever goes wrong, they certainly did not take effect.
  public var isRead: Bool

  /// Unless told otherwise the operation carries nothing and the request has no body.
  public init(
    function: String, argument: Payload = .none, method: String, path: String,
    body: String? = nil, isRead: Bool
  ) {
    self.function = function
    self.argument = argument
    self.method = method
    self.path = path
    self.body = body
    self.isRead = isRead
  }
}

/// What an operation carries, before it has a place in a history's `Values`.
public enum Payload: Hashable, Sendable {
  case none
  case integer(Int64)
  case text(String)
  case integers([Int64])
  case texts([String])
}
