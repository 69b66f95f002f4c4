import Basics
import Checking
import Histories

/// How a service did over a stretch of time.
struct Level {
  let count: Int
  let bad: Int
  /// At the percentile asked for; nil when nothing was answered.
  let latency: Duration?

  init(_ samples: some Collection<Traffic.Sample>, _ percentile: Double, _ end: Instant) {
    count = samples.count
    bad = samples.badCount
    latency = samples.waited(percentile: percentile, until: end)
  }

  var errorShare: Double { count == 0 ? 0 : Double(bad) / Double(count) }

  var words: String {
    "\(Wording.share(bad, of: count)) failed"
      + (latency.map { " at \(Wording.milliseconds($0))" } ?? "")
  }

  var json: JSON {
    [
      "operations": .integer(count), "bad": .integer(bad),
      "latency": .optional(latency) { .milliseconds($0) },
    ]
  }
}

/// What a level may be, compared with the steady one.
struct LevelBound {
  /// How far the error share may exceed the steady one.
  let errors: Ratio
  /// How many times the steady latency is allowed.
  let factor: Double
  /// A latency this much above the steady one is never too much.
  let slack: Duration

  /// In what a level is too bad; nil when it is not.
  enum Excess { case errors, latency(over: Duration) }

  func excess(of now: Level, over steady: Level) -> Excess? {
    if now.errorShare > steady.errorShare + errors.value { return .errors }
    guard let latency = now.latency, let before = steady.latency else { return nil }
    let allowed = allowedLatency(over: before)
    return latency > allowed ? .latency(over: allowed) : nil
  }

  /// How a stretch of time compares with the steady one.
  enum Comparison {
    case held
    /// It is too bad, and the harness's own stalls could have made it so.
    case stalled
    case exceeded(Excess)
  }

  /// Compares the operations of a stretch, what was under way while the harness was held up set aside. Where
  /// fewer than `enough` are left, or the machine was so busy that no latency tells anything, nothing can be
  /// held against the service.
  func compare(
    _ samples: some Collection<Traffic.Sample>, over steady: Level, _ percentile: Double,
    in window: Window, _ stalls: Stalls, enough: Int
  ) -> Comparison {
    guard let excess = excess(of: Level(samples, percentile, window.end), over: steady) else {
      return .held
    }
    guard !stalls.isEmpty else { return .exceeded(excess) }
    let own = Level(samples.filter { !stalls.touched($0) }, percentile, window.end)
    guard own.count >= enough, let rest = self.excess(of: own, over: steady) else {
      return .stalled
    }
    if case .latency = rest, stalls.blur(window) { return .stalled }
    return .exceeded(excess)
  }

  func allowedLatency(over steady: Duration) -> Duration {
    max(.seconds(steady.seconds * factor), steady + slack)
  }
}
