/// What a client asked.
public struct ServerRequest: Sendable, Equatable {
  /// As it stands in the request line: `GET`.
  public let method: String
  /// Without the query, percent-decoded.
  public let path: String
  /// Of the names that the server was told to look for.
  public var query: [String: String]
  /// Whole; empty where there is none.
  public var body: [UInt8]

  /// Nothing is checked.
  public init(method: String, path: String, query: [String: String] = [:], body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
  }
}

/// What it is told.
public struct ServerResponse: Sendable, Equatable {
  /// The three digits.
  public let status: Int
  /// JSON.
  public let body: String
  /// Beside those of every answer.
  public var headers: [String: String]

  /// Nothing is checked.
  public init(status: Int, body: String, headers: [String: String] = [:]) {
    self.status = status
    self.body = body
    self.headers = headers
  }
}
