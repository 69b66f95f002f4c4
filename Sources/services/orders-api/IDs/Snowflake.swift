import ServiceGround
import Synchronization

/// Issues 63-bit IDs that sort by time: 41 bits of milliseconds since an epoch, 10 node bits,
/// 12 bits of sequence within the millisecond (Twitter's Snowflake layout, 2010).
///
/// Two generators are safe side by side only while their node bits differ: nothing else in an
/// ID tells who issued it.
final class Snowflake: Sendable {
  static let nodeWidth = 10
  static let sequenceWidth = 12

  /// How far the clock may be behind before the generator refuses instead of waiting.
  static let patience: UInt64 = 20

  let nodeBits: UInt64
  let epoch: UInt64

  private struct Last {
    var millisecond: UInt64 = 0
    var sequence: UInt64 = 0
  }
  private let last = Mutex(Last())
  private let now: @Sendable () -> UInt64

  /// `epoch` and `now` are Unix milliseconds; `nodeBits` is 0...1023.
  init(nodeBits: UInt64, epoch: UInt64, now: @escaping @Sendable () -> UInt64 = Clock.unixMillis) {
    self.nodeBits = nodeBits & (1 << Self.nodeWidth - 1)
    self.epoch = epoch
    self.now = now
  }

  /// The next ID, greater than every one before it; throws when the clock stands before the
  /// epoch or went back further than `patience`.
  func next() throws(IDError) -> UInt64 {
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
