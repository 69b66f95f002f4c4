public import Basics

/// Whether a connection to a port can be made from somewhere, asked again and again.
public enum Reach {
  /// What is asked.
  public struct Question: Hashable, Sendable {
    /// From where: a node, or `role:NAME`, `site:NAME`.
    public var from: String
    /// Whom: a node's name or an address.
    public var target: String
    /// Which TCP port.
    public var port: UInt16
    /// Whether it is only asked to show that the port is served at all.
    public var isControl: Bool

    /// A question about one port.
    public init(from: String, target: String, port: UInt16, isControl: Bool = false) {
      self.from = from
      self.target = target
      self.port = port
      self.isControl = isControl
    }
  }

  /// What became of all tries of one node; told once, when the traffic is over.
  public struct Tally: Hashable, Sendable {
    /// What was asked.
    public var question: Question
    /// Which node asked.
    public var node: NodeID
    /// How often a connection was made.
    public var made: Int
    /// How often somebody refused: a reset, or an error of ICMP.
    public var refused: Int
    /// How often nobody answered.
    public var silent: Int
    /// How often it could not even be asked, such as for want of an address or a way.
    public var unasked: Int

    /// How often it was asked.
    public var asked: Int { made + refused + silent }

    /// The counts of one node.
    public init(
      _ question: Question, by node: NodeID, made: Int = 0, refused: Int = 0, silent: Int = 0,
      unasked: Int = 0
    ) {
      self.question = question
      self.node = node
      self.made = made
      self.refused = refused
      self.silent = silent
      self.unasked = unasked
    }
  }

  /// A stretch in which connections were made, with no try in between that failed.
  public struct Spell: Hashable, Sendable {
    /// What was asked.
    public var question: Question
    /// Which node asked.
    public var node: NodeID
    /// When the first connection stood.
    public var first: Instant
    /// When the last one stood.
    public var last: Instant
    /// How many there were.
    public var made: Int

    /// Connections from `first` to `last`.
    public init(
      _ question: Question, by node: NodeID, first: Instant, last: Instant, made: Int
    ) {
      self.question = question
      self.node = node
      self.first = first
      self.last = last
      self.made = made
    }
  }
}
