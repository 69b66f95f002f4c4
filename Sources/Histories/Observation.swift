public import Basics

/// Something seen from outside the clients, at a moment.
public struct Observation: Hashable, Sendable {
  /// When it was so; for a stall, when it ended.
  public var time: Instant
  public var fact: Fact

  public init(time: Instant, _ fact: Fact) {
    self.time = time
    self.fact = fact
  }
}
