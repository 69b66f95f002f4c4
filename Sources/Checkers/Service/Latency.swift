public import Checking
public import Basics
public import Histories
import Statistics

/// A percentile of the latency, counted from the intended start, must stay below a bound.
///
/// An operation of unknown outcome counts with the time it waited, which is the least its latency
/// can have been; one that certainly failed is left to `availability`. The percentile is that of
/// the nearest rank.
public struct Latency: Checker {
  public static let name = "latency"
  public static let summary = "A percentile of the latency, from the intended start, is bounded."
  public static let schema = ServiceFrame.schema([
    .init("percentile", .number, "Which percentile, above 0 up to 100.", default: "99"),
    .init("below", .duration, "The latency that it must stay below.", isRequired: true),
    Part.key,
  ])

  let frame: ServiceFrame
  let percentile: Double
  let below: Duration
  let part: Part

  public var feed: Feed { .traffic }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    percentile = settings.number("percentile") ?? 99
    guard percentile > 0, percentile <= 100 else {
      throw SettingsError("percentile", "a percentile lies above 0 and at most at 100")
    }
    guard let below = settings.duration("below") else {
      throw SettingsError("below", "say what the latency must stay below, for instance 50ms")
    }
    self.below = below
    part = Part(settings)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    let traffic = Traffic(history, in: timeline.judged, functions: frame.functions)
    if let obstacle = frame.obstacle(history, traffic) {
      return Self.nothingToJudge(obstacle, operations: traffic.samples.count)
    }
    var judgement = Judgement()
    frame.doubt(part, timeline, traffic, &judgement)
    let slices = part.windows(timeline).map { traffic[$0] }
    let samples = Array(slices.joined()).filter { $0.outcome != .fail }
    let failed = slices.reduce(0) { $0 + $1.count } - samples.count
    let waits = samples.map { waited($0, timeline) }
    let quantiles = Quantiles(waits)
    let rank = Decimal.trimmed(percentile, decimals: 3)
    let found = Duration.nanoseconds(quantiles.at(percentile / 100) ?? 0)
    let sentence =
      "the \(rank)th percentile of \(Wording.count(samples.count, "latency sample")) \(part.words) "
      + "is \(Wording.milliseconds(found)), it must stay below \(Wording.milliseconds(below))"
    let stalls = Stalls(history)
    if samples.count < frame.enough {
      judgement.doubt(
        "Only \(Wording.count(samples.count, "answer")) \(part.words), \(frame.enough) needed.")
    } else if found >= below, isOwn(slices, stalls, history.end) {
      judgement.doubt(Stalls.doubt(sentence, stalls.length(in: timeline.judged)))
    } else if found >= below {
      let slowest = samples.indices.sorted { (waits[$1], $0) < (waits[$0], $1) }.prefix(10)
      judgement.violated("slow", sentence, slowest.map { Int(samples[$0].position) }.sorted())
    }
    return judgement.finding(
      of: Self.self, held: sentence, operations: samples.count,
      figures: [
        .init("percentile", .number(percentile)),
        .init("latency", samples.isEmpty ? .null : .milliseconds(found)),
        .init("below", .milliseconds(below)), .init("failed", .integer(failed)),
        .init("quantiles", quantiles.json),
      ])
  }

  /// Whether it would have held but for operations that were under way while the harness itself
  /// was held up.
  private func isOwn(
    _ slices: [ArraySlice<Traffic.Sample>], _ stalls: Stalls, _ end: Instant
  ) -> Bool {
    guard !stalls.isEmpty else { return false }
    let rest = slices.joined().filter { !stalls.touched($0) }
    let found = rest.waited(percentile: percentile, until: end)
    return found.map { $0 < below } ?? true
  }

  private func waited(_ sample: Traffic.Sample, _ timeline: Timeline) -> Int64 {
    max(0, min(sample.completed, timeline.judged.end.nanoseconds) - sample.scheduled)
  }
}
