/// A name that cannot be mistaken for a name of another kind.
///
/// `NodeID` and `SiteID` are both strings on disk; making them different types
/// keeps a site from being passed where a node is meant.
public struct Name<Kind>: Hashable, Sendable {
  /// The name as files and reports write it.
  public let text: String

  /// Takes any text; whether something has that name is for others to say.
  public init(_ text: String) { self.text = text }
}

/// Marks a name as a node's; never has a value.
public enum NodeKind {}
/// Marks a name as a site's; never has a value.
public enum SiteKind {}

/// The name of one node: a machine of the system under test, or of its clients.
public typealias NodeID = Name<NodeKind>
/// The name of one site (a failure domain that can be cut off as a whole).
public typealias SiteID = Name<SiteKind>

extension Name: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(text) }
}

extension Name: CustomStringConvertible {
  public var description: String { text }
}

extension Name: Comparable {
  public static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}
