public import Basics

/// By how much held frames left later than they should have: the resolution of every result that
/// rests on a delay.
public struct FrameLateness: Hashable, Sendable {
  /// Microsecond by microsecond up to two milliseconds; the last one takes all that is later.
  private var counts = [UInt64](repeating: 0, count: 2001)
  /// How many held frames have left; a packet that was held uncut counts once.
  public private(set) var count: UInt64 = 0
  private var maximumNanoseconds: Int64 = 0

  /// No frame was held yet.
  public init() {}

  mutating func add(_ nanoseconds: Int64) {
    counts[min(counts.count - 1, Int(max(0, nanoseconds) / 1000))] += 1
    count += 1
    maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
  }

  /// The worst seen; nil before the first held frame.
  public var maximum: Duration? { count == 0 ? nil : .nanoseconds(maximumNanoseconds) }

  /// The lateness that this share of the frames did not exceed, rounded up to a microsecond (and,
  /// past two milliseconds, the maximum); nil before the first held frame.
  public func percentile(_ share: Ratio) -> Duration? {
    guard count > 0 else { return nil }
    let rank = UInt64((share.value * Double(count)).rounded(.up))
    var seen: UInt64 = 0
    for (microseconds, number) in counts.enumerated() {
      seen += number
      guard seen >= max(1, rank) else { continue }
      return microseconds == counts.count - 1 ? maximum : .microseconds(microseconds + 1)
    }
    return maximum
  }
}
