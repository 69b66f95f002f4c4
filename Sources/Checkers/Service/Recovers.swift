public import Checking
public import Basics
public import Histories

/// Some time after a fault is healed, the service is as it was in the steady phase.
///
/// What is compared with the steady phase is the time from `within` after the heal until the next
/// fault or the end. The share of bad operations may exceed the steady share by `errors`; the
/// latency at `percentile` may be `latency-factor` times the steady one, or `slack` above it,
/// whichever is more.
public struct Recovers: Checker {
  public static let name = "recovers"
  public static let summary = "Errors and latency are back at the steady level after a heal."
  public static let schema = ServiceFrame.schema([
    .init("within", .duration, "The time after the heal until it must be so.", default: "5s"),
    .init("errors", .ratio, "How far the error share may exceed the steady one.", default: "1%"),
    .init("latency-factor", .number, "How many times the steady latency is allowed.", default: "2"),
    .init("percentile", .number, "The percentile of the latency that is compared.", default: "95"),
    .init(
      "slack", .duration, "A latency this much above the steady one is never too much.",
      default: "5ms"),
    Lateness.key,
  ])

  let frame: ServiceFrame
  let within: Duration
  let bound: LevelBound
  let percentile: Double
  let late: Lateness

  public var feed: Feed { .traffic }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    within = settings.duration("within") ?? .seconds(5)
    bound = LevelBound(
      errors: settings.ratio("errors") ?? Ratio(0.01),
      factor: settings.number("latency-factor") ?? 2,
      slack: settings.duration("slack") ?? .milliseconds(5))
    percentile = settings.number("percentile") ?? 95
    late = Lateness(settings)
    guard bound.factor >= 1 else {
      throw SettingsError("latency-factor", "a factor below 1 would demand more than steady")
    }
    guard percentile > 0, percentile <= 100 else {
      throw SettingsError("percentile", "a percentile lies above 0 and at most at 100")
    }
  }

  /// What is compared begins `within` after the heal; two seconds of it are enough at any rate
  /// that a steady state was measured with.
  public var lookAfterHeal: Duration? { within + .seconds(2) }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    let traffic = Traffic(history, in: timeline.judged, functions: frame.functions, late: late)
    if let obstacle = frame.obstacle(history, traffic) {
      return Self.nothingToJudge(obstacle, operations: traffic.samples.count)
    }
    guard timeline.chosen.contains(where: { $0.healed != nil }) else {
      return Self.nothingToJudge("No fault was healed.", operations: traffic.samples.count)
    }
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    frame.doubtTraffic(timeline, traffic, &judgement, windows: [.during])
    let steady = Level(traffic[timeline.steady], percentile, timeline.judged.end)
    if steady.count < frame.enough {
      judgement.doubt(
        "Only \(Wording.count(steady.count, "operation")) in the steady phase, \(frame.enough) "
          + "are needed.")
    }
    let stalls = Stalls(history)
    let judged = timeline.chosen.compactMap { fault in
      judge(fault, steady, timeline, traffic, stalls, &judgement)
    }
    return judgement.finding(
      of: Self.self, held: judged.map(\.sentence).joined(separator: "; "),
      operations: traffic.samples.count,
      figures: [
        .init("steady", steady.json), .init("faults", .array(judged.map(\.json))),
      ])
  }

  private func judge(
    _ fault: FaultMark, _ steady: Level, _ timeline: Timeline, _ traffic: Traffic,
    _ stalls: Stalls, _ judgement: inout Judgement
  ) -> (sentence: String, json: JSON)? {
    guard let after = timeline.after(fault) else {
      judgement.doubt("\(fault.title) was not healed.")
      return nil
    }
    let slice = traffic[Window(after.start.advanced(by: within), after.end)]
    let level = Level(slice, percentile, timeline.judged.end)
    let sentence =
      "\(fault.title): \(Wording.milliseconds(within)) after the heal \(level.words), "
      + "steady was \(steady.words)"
    if level.count < frame.enough {
      judgement.doubt(
        "Only \(Wording.count(level.count, "operation")) later than "
          + "\(Wording.milliseconds(within)) after the heal of \(fault.title), \(frame.enough) "
          + "are needed.")
    } else if steady.count >= frame.enough {
      compare(steady, slice, sentence, stalls, &judgement)
    }
    let members: [JSON.Member] = [
      .init("fault", .integer(fault.id)), .init("after", level.json),
      .init("lastBad", lastBad(traffic[after], after.start)),
    ]
    return (sentence, .object(members))
  }

  private func compare(
    _ steady: Level, _ slice: ArraySlice<Traffic.Sample>, _ sentence: String, _ stalls: Stalls,
    _ judgement: inout Judgement
  ) {
    let window = Window(
      Instant(nanoseconds: slice.first?.scheduled ?? 0),
      Instant(nanoseconds: slice.last?.decided ?? 0))
    switch bound.compare(slice, over: steady, percentile, in: window, stalls, enough: frame.enough)
    {
    case .held: break
    case .stalled: judgement.doubt(Stalls.doubt(sentence, stalls.length(in: window)))
    case .exceeded(.errors):
      let shown = slice.lazy.filter(\.isBad).prefix(20)
      judgement.violated("errors", sentence, shown.map { Int($0.position) })
    case .exceeded(.latency(let limit)):
      let shown = slice.lazy.filter { !$0.isBad && $0.latency > limit.nanoseconds }.prefix(20)
      judgement.violated("slow", sentence, shown.map { Int($0.position) })
    }
  }

  /// From the heal to the last bad operation after it, in milliseconds; null when there is none.
  private func lastBad(_ samples: ArraySlice<Traffic.Sample>, _ healed: Instant) -> JSON {
    .optional(samples.last { $0.isBad }) {
      .milliseconds(healed.duration(to: Instant(nanoseconds: $0.scheduled)))
    }
  }
}
