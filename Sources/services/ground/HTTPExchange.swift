/// What a client asked.
public struct ServerRequest: Sendable, Equatable {
  /// As it stands in the request line: `GET`.
  public let method: String
  /// Without the query, percent-decoded.
  public let path: String
  /// Of the names that the server was told to look for.
  public var query: [String: String]
  /// Of the names that the server was told to look for, spelt as it was told.
  public var headers: [String: String]
  /// Whole; empty where there is none.
  public var body: [UInt8]

  /// Nothing is checked.
  public init(
    method: String, path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// What it is told.
public struct ServerResponse: Sendable, Equatable {
  /// The three digits.
  public let status: Int
  /// JSON.
  public let body: String
  /// What is sent in the place of `body`, of another type than JSON.
  public var file: ServedFile?
  /// Beside those of every answer.
  public var headers: [String: String]

  /// Nothing is checked.
  public init(status: Int, body: String, headers: [String: String] = [:]) {
    self.status = status
    self.body = body
    self.headers = headers
  }

  /// An answer that is a file.
  public init(status: Int, file: ServedFile, headers: [String: String] = [:]) {
    self.init(status: status, body: "", headers: headers)
    self.file = file
  }
}

/// Bytes with their type.
public struct ServedFile: Sendable, Equatable {
  /// What is sent.
  public let bytes: [UInt8]
  /// As it stands in the header: `application/gzip`.
  public let type: String

  /// Nothing is checked.
  public init(_ bytes: [UInt8], type: String) {
    self.bytes = bytes
    self.type = type
  }
}
