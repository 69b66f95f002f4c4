public import Basics

extension ResolvedStack {
  /// A way between two nodes that their components make over others: pictures show it, and nothing else knows it.
  public struct Tunnel: Hashable, Sendable {
    /// The one end.
    public var from: NodeID
    /// The other.
    public var to: NodeID
    /// What it is, in a word or two.
    public var title: String
  }
}
