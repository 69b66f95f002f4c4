import Basics
import Linux

/// When the switch sent held frames later than they were due by so much that it counts as a stall:
/// what crossed it meanwhile was slowed by the harness, not by a fault.
struct HeldTooLong: Hashable {
  /// The stalls not taken yet, oldest first, at most `mostKept`: the last one grows on.
  private var stalls: [Stall] = []

  private static let mostKept = 1000

  /// A frame that was due at one moment left at another.
  mutating func note(due: Instant, left: Instant) {
    guard due.duration(to: left) >= StallMeter.threshold else { return }
    if let last = stalls.last, due <= last.to || stalls.count == Self.mostKept {
      stalls[stalls.count - 1] = Stall(from: min(last.from, due), to: max(last.to, left))
    } else {
      stalls.append(Stall(from: due, to: left))
    }
  }

  /// Gives the stalls so far, and forgets them.
  mutating func take() -> [Stall] {
    defer { stalls = [] }
    return stalls
  }
}
