/// What a browser asks for, as far as anything depends on it.
public struct PageRequest: Hashable, Sendable {
  /// `GET`, `POST`.
  public var method: String
  /// Without a query.
  public var path: String
  /// The values of a query, by name.
  public var query: [String: String] = [:]
  /// The `Host` header; nil where there is none.
  public var host: String?
  /// The `Origin` header: who makes the request.
  public var origin: String?
  /// The `Sec-Fetch-Site` header: how far who makes it is from here (Fetch Metadata Request Headers).
  public var fetchSite: String?
  /// The `Content-Type` header.
  public var contentType: String?
  /// What came with it.
  public var body: [UInt8] = []

  /// A request without headers and without a body.
  public init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
  }
}
