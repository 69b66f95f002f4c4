/// What a browser gets.
public enum PageReply: Sendable {
  /// A document whole.
  case document(Document)
  /// Events as they happen, until there are no more.
  case events(EventViewer)

  /// Something with a beginning and an end.
  public struct Document: Hashable, Sendable {
    /// Of HTTP.
    public var status: Int
    /// Its media type.
    public var type: String
    /// It itself.
    public var bytes: [UInt8]
    /// What a browser may do with it (Content Security Policy Level 3).
    public var policy: String

    /// A document that may do nothing, unless something else is said.
    public init(
      _ status: Int, _ type: String, _ bytes: [UInt8], policy: String = Self.nothing
    ) {
      self.status = status
      self.type = type
      self.bytes = bytes
      self.policy = policy
    }

    /// The policy of what is no page.
    public static let nothing = "default-src 'none'; frame-ancestors 'none'"
  }

  /// A sentence, as plain text.
  public static func sentence(_ status: Int, _ text: String) -> PageReply {
    .document(Document(status, "text/plain; charset=utf-8", Array((text + "\n").utf8)))
  }

  /// A JSON document.
  public static func json(_ text: String) -> PageReply {
    .document(Document(200, "application/json", Array(text.utf8)))
  }
}
