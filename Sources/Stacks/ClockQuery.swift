internal import Basics

/// How an instance is asked what time it has.
public struct ClockQuery: Hashable, Sendable {
  /// What is asked.
  public enum Kind: Hashable, Sendable {
    /// A URL whose answer has a `Date` (RFC 9110, 6.6.1), to the second.
    case http(String)
    /// A command that prints the time in its last line, as `SaidTime` reads it.
    case command([String])
  }

  /// What is asked; it must not be answered from a cache.
  public var kind: Kind
  /// How long an answer may take.
  public var within: Duration
}
