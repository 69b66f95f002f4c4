public import Basics
import Synchronization

/// What the traffic of one workload looks like right now: for the steady-state gate, the settling
/// gate and the progress line. Verdicts never come from here, only from the history.
public final class TrafficMeter: Sendable {
  private let state = Mutex(State())

  private struct State {
    var good = 0
    var bad = 0
    var lastBad: Instant?
    var lastError: String?
    /// When each of the most recent good operations completed, oldest first.
    var recentGood: [Instant] = []
  }

  /// How many recent completions are remembered at least.
  public static let memory = 4096

  public struct Totals: Hashable, Sendable {
    public var good: Int
    public var bad: Int
    /// Why the last bad operation was bad.
    public var lastError: String?
  }

  public init() {}

  public func count(isGood: Bool, error: String?, at time: Instant) {
    state.withLock { state in
      if isGood {
        state.good += 1
        state.recentGood.append(time)
        if state.recentGood.count > 2 * Self.memory {
          state.recentGood.removeFirst(Self.memory)
        }
      } else {
        state.bad += 1
        state.lastBad = time
        state.lastError = error
      }
    }
  }

  public var totals: Totals {
    state.withLock { Totals(good: $0.good, bad: $0.bad, lastError: $0.lastError) }
  }

  /// Since when every operation that completed was good, not counting before `start`.
  public func goodSince(_ start: Instant) -> Instant {
    state.withLock { max(start, $0.lastBad ?? start) }
  }

  /// How many good operations completed after a moment (at most as many as are remembered).
  public func goodCount(since moment: Instant) -> Int {
    state.withLock { state in state.recentGood.reversed().prefix { $0 > moment }.count }
  }
}
