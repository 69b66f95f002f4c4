import Basics

/// A stretch of a run: from `start` up to but not including `end`.
struct Window: Hashable {
  var start: Instant
  var end: Instant

  init(_ start: Instant, _ end: Instant) {
    self.start = start
    self.end = max(start, end)
  }

  func contains(_ moment: Instant) -> Bool { start <= moment && moment < end }

  /// What both share; nil when nothing.
  func overlap(_ other: Window) -> Window? {
    let start = max(start, other.start)
    let end = min(end, other.end)
    return start < end ? Window(start, end) : nil
  }

  /// The same as a range of times.
  var span: ClosedRange<Instant> { start...end }

  var length: Duration { start.duration(to: end) }

  /// Milliseconds from a moment: `[start, end]`.
  func json(from origin: Instant) -> JSON {
    [.milliseconds(origin.duration(to: start)), .milliseconds(origin.duration(to: end))]
  }
}

extension Instant {
  /// Later than everything a run records.
  static let never = Instant(nanoseconds: .max)
}
