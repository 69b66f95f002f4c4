import Synchronization

/// Issues 63-bit IDs that sort by time: 41 bits of milliseconds since an epoch, 10 node bits,
/// 12 bits of sequence within the millisecond (Twitter's Snowflake layout, 2010).
///
/// Two generators are safe side by side only while their node bits differ: nothing else in an
/// ID tells who issued it.
public final class Snowflake: Sendable {
  private static let nodeWidth = 10
  private static let sequenceWidth = 12

  /// How far the clock may be behind before the generator refuses instead of waiting.
  public static let patience: UInt64 = 20

  private let nodeBits: UInt64
  private let epoch: UInt64
  private let followsClockBack: Bool

  private struct Last {
    var millisecond: UInt64 = 0
    var sequence: UInt64 = 0
  }
  private let last = Mutex(Last())
  private let now: @Sendable () -> UInt64

  /// `epoch` and `now` are Unix milliseconds; `nodeBits` is 0...1023.
  ///
  /// - Parameter followsClockBack: wrong, for tests of what finds it: a clock that went back is believed.
  public init(
    nodeBits: UInt64, epoch: UInt64, followsClockBack: Bool = false,
    now: @escaping @Sendable () -> UInt64 = Clock.unixMillis
  ) {
    self.followsClockBack = followsClockBack
    self.nodeBits = nodeBits & (1 << Self.nodeWidth - 1)
    self.epoch = epoch
    self.now = now
  }

  /// The next ID, greater than every one before it; throws when the clock stands before the
  /// epoch or went back further than `patience`.
  public func next() throws(IDError) -> UInt64 {
    for _ in 0..<10_000 {
      if let id = try attempt() { return id }
      Clock.pause(microseconds: 100)
    }
    throw .clockStandsStill
  }

  /// Nil when this millisecond's sequence is used up.
  private func attempt() throws(IDError) -> UInt64? {
    let clock = now()
    guard clock >= epoch else { throw .clockBeforeEpoch }
    return try last.withLock { (last) throws(IDError) -> UInt64? in
      if followsClockBack, clock < last.millisecond { last = Last(millisecond: max(clock, 1) - 1) }
      guard clock + Self.patience >= last.millisecond else {
        throw .clockWentBack(milliseconds: last.millisecond - clock)
      }
      if clock > last.millisecond {
        last = Last(millisecond: clock)
      } else if last.sequence + 1 < 1 << Self.sequenceWidth {
        last.sequence += 1
      } else {
        return nil
      }
      return compose(last)
    }
  }

  private func compose(_ last: Last) -> UInt64 {
    (last.millisecond - epoch) << UInt64(Self.nodeWidth + Self.sequenceWidth)
      | nodeBits << UInt64(Self.sequenceWidth) | last.sequence
  }
}

/// Why a local generator refused; nothing was issued.
public enum IDError: Error, Equatable {
  /// It would be negative.
  case clockBeforeEpoch
  /// By more than the generator waits for.
  case clockWentBack(milliseconds: UInt64)
  /// For a second, so it must have been stopped.
  case clockStandsStill

  /// For a person.
  public var reason: String {
    switch self {
    case .clockBeforeEpoch: "the clock stands before the epoch"
    case .clockWentBack(let behind): "the clock went back by \(behind) ms"
    case .clockStandsStill: "the sequence is used up and the clock stands still"
    }
  }
}
