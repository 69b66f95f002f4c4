/// What is done to a clock.
public enum ClockMovement: Hashable, Sendable {
  /// Set ahead at once, or back where it is negative, and as fast as before.
  case jump(Duration)
  /// It gains so many parts per billion; negative where it loses.
  case drift(Int64)
  /// Ahead by that much for so long, right for as long, and so on; it begins ahead.
  case strobe(Duration, every: Duration)

  /// Where it has got to.
  ///
  /// - Parameters:
  ///   - begun: when it began, true time in nanoseconds since 1970.
  ///   - moment: of true time likewise, not before `begun`.
  public func shift(begun: Int64, at moment: Int64) -> ClockShift {
    switch self {
    case .jump(let offset): ClockShift(offset: offset, since: begun)
    case .drift(let rate): ClockShift(offset: .zero, rate: rate, since: begun)
    case .strobe(let offset, _):
      ClockShift(offset: turns(begun: begun, at: moment) % 2 == 0 ? offset : .zero, since: begun)
    }
  }

  /// How often it has turned since it began; what does not turn never.
  public func turns(begun: Int64, at moment: Int64) -> Int64 {
    guard case .strobe(_, let every) = self else { return 0 }
    return max(0, moment - begun) / max(1, every.nanoseconds)
  }

  /// When it turns next, in nanoseconds since 1970; nil for what never does.
  public func nextTurn(begun: Int64, after moment: Int64) -> Int64? {
    guard case .strobe(_, let every) = self else { return nil }
    return begun + (turns(begun: begun, at: moment) + 1) * max(1, every.nanoseconds)
  }
}
