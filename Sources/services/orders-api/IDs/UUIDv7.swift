import ServiceGround
import Synchronization

/// Issues UUIDs that sort by time: 48 bits of Unix milliseconds, a 12-bit counter that keeps
/// the order within a millisecond, 62 random bits (RFC 9562, sections 5.7 and 6.2 method 1).
final class UUIDv7: Sendable {
  private struct Last {
    var millisecond: UInt64 = 0
    var counter: UInt64 = 0
  }
  private let last = Mutex(Last())
  private let now: @Sendable () -> UInt64

  init(now: @escaping @Sendable () -> UInt64 = Clock.unixMillis) { self.now = now }

  /// The next UUID in its usual text form, greater than every one before it.
  func next() -> String {
    var random = SystemRandomNumberGenerator()
    let stamp = advance(to: now(), start: random.next() & 0x7ff)
    let high = stamp.millisecond << 16 | 0x7000 | stamp.counter
    let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    return Self.text(high: high, low: low)
  }

  /// A clock that stands or goes back leaves the stamp where it was and counts on; a counter
  /// that overflows borrows the next millisecond.
  private func advance(to clock: UInt64, start: UInt64) -> Last {
    last.withLock { last in
      if clock > last.millisecond {
        last = Last(millisecond: clock, counter: start)
      } else if last.counter < 0xfff {
        last.counter += 1
      } else {
        last = Last(millisecond: last.millisecond + 1, counter: start)
      }
      return last
    }
  }

  static func text(high: UInt64, low: UInt64) -> String {
    let digits = hex(high) + hex(low)
    var text = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { text.append("-") }
      text.append(digit)
    }
    return text
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
