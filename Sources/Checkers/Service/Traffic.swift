import Checking
import Basics
import Histories
import Statistics

/// The operations of a history as a service sees them: when each was meant to start, when it was
/// answered, and how; in the order they were meant to start.
///
/// Final reads are left out: they are repeated until they succeed and say nothing of the service.
struct Traffic {
  struct Sample {
    /// Nanoseconds of the intended start.
    let scheduled: Int64
    /// Nanoseconds of the completion; `.max` when there was none.
    let completed: Int64
    /// The position in `History.operations`.
    let position: Int32
    let node: LabelID
    let workload: LabelID
    /// What was declined counts as ok: no is a good answer.
    let outcome: Operation.Outcome
    /// Nanoseconds after the intended start from which on an answer is late.
    var limit: Int64

    var latency: Int64 { completed == .max ? .max : completed - scheduled }

    /// Failed, of unknown outcome, or answered late.
    var isBad: Bool { outcome != .ok || latency > limit }

    /// When it was known to be bad, or was answered.
    var decided: Int64 { Swift.min(completed, scheduled + limit) }
  }

  private(set) var samples: [Sample]
  let okCount: Int

  init(
    _ history: History, in window: Window, functions: [String]? = nil,
    late: Lateness = Lateness()
  ) {
    let wanted = functions.map { names in
      history.functions.map { names.contains($0) }
    }
    let limits = history.timeouts.mapValues { late.limit(timeout: $0).nanoseconds }
    let otherwise = late.limit(timeout: nil).nanoseconds
    var samples: [Sample] = []
    samples.reserveCapacity(history.operations.count)
    var isSorted = true
    var ok = 0
    for (position, operation) in history.operations.enumerated() {
      guard !operation.isFinal, window.contains(operation.scheduled),
        wanted?[Int(operation.function.index)] ?? true
      else { continue }
      let scheduled = operation.scheduled.nanoseconds
      if let last = samples.last, last.scheduled > scheduled { isSorted = false }
      let outcome = history.isDeclined(operation) ? .ok : operation.outcome
      if outcome == .ok { ok += 1 }
      samples.append(
        Sample(
          scheduled: scheduled, completed: operation.completed?.nanoseconds ?? .max,
          position: Int32(position), node: operation.node, workload: operation.workload,
          outcome: outcome,
          limit: limits.isEmpty ? otherwise : limits[operation.workload] ?? otherwise))
    }
    if !isSorted { samples.sort { ($0.scheduled, $0.position) < ($1.scheduled, $1.position) } }
    self.samples = samples
    okCount = ok
  }

  /// The samples meant to start within a window.
  subscript(_ window: Window) -> ArraySlice<Sample> {
    samples[first(from: window.start)..<first(from: window.end)]
  }

  /// Calls answers late from an earlier moment on.
  mutating func sharpen(to limit: Int64) {
    for index in samples.indices { samples[index].limit = min(samples[index].limit, limit) }
  }

  /// The sharpest and the loosest limit in use, in nanoseconds.
  var limits: ClosedRange<Int64>? {
    guard let low = samples.lazy.map(\.limit).min(), let high = samples.lazy.map(\.limit).max()
    else { return nil }
    return low...high
  }

  /// The index of the first sample meant to start at or after a moment.
  private func first(from moment: Instant) -> Int {
    var low = 0
    var high = samples.count
    while low < high {
      let middle = (low + high) / 2
      if samples[middle].scheduled < moment.nanoseconds { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Numbers about a stretch of samples.
extension Collection<Traffic.Sample> {
  var badCount: Int { reduce(into: 0) { $0 += $1.isBad ? 1 : 0 } }

  /// The `percentile` (0 to 100, nearest rank) of the time that operations waited; nil when none
  /// was answered or waited.
  ///
  /// An operation of unknown outcome counts with the time it waited in vain, one that never
  /// completed until `end`; one that certainly failed counts for availability, not for latency.
  func waited(percentile: Double, until end: Instant) -> Duration? {
    var waits: [Int64] = []
    waits.reserveCapacity(count)
    for sample in self where sample.outcome != .fail {
      waits.append(Swift.max(0, Swift.min(sample.completed, end.nanoseconds) - sample.scheduled))
    }
    return Quantiles(waits).at(percentile / 100).map { .nanoseconds($0) }
  }
}
