public import Basics

/// A stretch in which a thread wanted to run and did not: what happened meanwhile to what it
/// measures, or should have done, is not the system under test's doing.
public struct Stall: Hashable, Sendable {
  /// When the thread should have run.
  public let from: Instant
  /// When it did.
  public let to: Instant
  /// For how much of about this stretch some task of the machine waited for a processor, by the
  /// kernel's account (`/proc/pressure/cpu`); nil where the kernel keeps none. Near zero for a
  /// thread that was stopped, near the whole for one that others crowded out.
  public let processorWait: Duration?

  /// A stall between two moments, the wait for a processor left out where nobody counted it.
  public init(from: Instant, to: Instant, processorWait: Duration? = nil) {
    self.from = from
    self.to = to
    self.processorWait = processorWait
  }

  /// How much later than it should have the thread ran.
  public var length: Duration { from.duration(to: to) }
}

extension Stall: CustomStringConvertible {
  public var description: String {
    "stalled for \(length.text)"
      + (processorWait.map { ", \($0.text) of it waiting for a processor" } ?? "")
  }
}

/// What a thread that sleeps again and again, and does nothing else, learns from when it wakes.
///
/// A value without a clock: whoever sleeps tells it the time.
public struct Heartbeat: Hashable, Sendable {
  /// From one waking to when the next is due.
  public let period: Duration
  /// The least oversleep that is a stall.
  public let threshold: Duration
  /// How often it has beaten.
  public private(set) var count = 0
  /// The longest oversleep so far, stall or not: nothing that this thread's like measured is known
  /// more exactly.
  public private(set) var longestOversleep = Duration.zero
  private var due: Instant
  private var processorWait: Duration?

  /// - Parameter processorWait: the kernel's account at that moment, counted from anywhere.
  public init(
    period: Duration, threshold: Duration, from now: Instant, processorWait: Duration? = nil
  ) {
    self.period = period
    self.threshold = threshold
    self.processorWait = processorWait
    due = now.advanced(by: period)
  }

  /// When it is to beat next.
  public var next: Instant { due }

  /// The thread woke. Nil when it did about when it should have; one stall otherwise, however many
  /// beats it missed.
  public mutating func beat(at now: Instant, processorWait total: Duration? = nil) -> Stall? {
    let late = due.duration(to: now)
    let waited = processorWait.flatMap { before in total.map { $0 - before } }
    defer {
      count += 1
      longestOversleep = max(longestOversleep, late)
      due = now.advanced(by: period)
      processorWait = total
    }
    return late < threshold ? nil : Stall(from: due, to: now, processorWait: waited)
  }
}
