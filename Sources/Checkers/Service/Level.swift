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

  func allowedLatency(over steady: Duration) -> Duration {
    max(.seconds(steady.seconds * factor), steady + slack)
  }
}
