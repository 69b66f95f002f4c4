public import Basics

/// What became of the harness' own questions to a DNS server, over the way from a client to it, and on the server's own
/// node, while a policy was in place.
public struct AskedWay: Hashable, Sendable {
  /// What was answered.
  public struct Answer: Hashable, Sendable {
    /// The response code (RFC 1035, section 4.1.1): 0 for success.
    public var code: UInt8
    /// The addresses among the records.
    public var addresses: [IPAddress]
    /// For a person: `10.0.0.1`, `SERVFAIL`. Two answers that say the same have the same.
    public var text: String

    /// Without the times to live of its records.
    public init(code: UInt8, addresses: [IPAddress], text: String) {
      self.code = code
      self.addresses = addresses
      self.text = text
    }
  }

  /// One question, asked in both places.
  public struct Look: Hashable, Sendable {
    /// The name that was asked for.
    public var name: String
    /// What came over the way; nil where nothing did in time.
    public var overPath: Answer?
    /// What the server said on its own node; nil where it said nothing in time.
    public var onServer: Answer?

    /// At about one moment.
    public init(name: String, overPath: Answer?, onServer: Answer?) {
      self.name = name
      self.overPath = overPath
      self.onServer = onServer
    }
  }

  /// The node that asks.
  public var source: NodeID
  /// The node of the server.
  public var target: NodeID
  /// A question was answered over the way just before the policy was put in place.
  public var wasAnswered: Bool
  /// The newest question since, or of several names the one whose answers differ.
  public var last: Look?

  /// Nothing was asked since, unless told otherwise.
  public init(source: NodeID, target: NodeID, wasAnswered: Bool, last: Look? = nil) {
    self.source = source
    self.target = target
    self.wasAnswered = wasAnswered
    self.last = last
  }

  /// `from a to b`.
  public var words: String { "from \(source) to \(target)" }
}
