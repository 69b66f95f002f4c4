public import Basics

/// Something seen from outside the clients, at a moment.
public struct Observation: Hashable, Sendable {
  /// When it was so; for a stall, when it ended.
  public var time: Instant
  /// What was seen or done.
  public var fact: Fact

  /// The fact as it was at that time, which may be before it was learnt.
  public init(time: Instant, _ fact: Fact) {
    self.time = time
    self.fact = fact
  }
}
