public import Checking
public import Basics
public import Histories

/// How long each fault kept clients waiting, broken into its parts, with a bound on any of them: of
/// every run, or of quantiles over many runs (`DurationBound`), which whoever has the runs judges (`DistributionBound`).
///
/// Every part is measured from the injection: the first bad operation (by its intended start),
/// the detection and the takeover (seen by the observers), the first good answer, and the first
/// answer from which on no operation was bad for `sustained`. How outages are found is said at
/// `Outages`, what they are attributed to at `OutageCause`, and which answers are late at
/// `Lateness`: never later than the bound on good answers.
///
/// A service must recover by itself: where a fault was held for longer than the service had (the
/// greater of `first-good` and `sustained-good`) and good answers came for good only after the
/// heal, that is a violation of its own; where it was healed before that, but held for longer than
/// `sustained`, and good answers came only after the heal, nobody knows. `recovers-alone: false` allows both.
public struct FailoverTime: Checker {
  public static let name = "failover-time"
  public static let summary =
    "How long each fault kept clients waiting: first bad, detection, takeover, first good, "
    + "sustained good."
  public static let schema = ServiceFrame.schema(
    Bound.allCases.map {
      Schema.Key(
        $0.rawValue, .bound,
        "At most this long from the injection to \($0.meaning)"
          + ($0 == .sustainedGood
            ? "; without it, before the heal, where the fault is held longer than first-good, or "
              + "than 2s." : "."))
    } + [
      .init("after-heal", .duration, "An outage that begins after the heal may last this long."),
      .init(
        "recovers-alone", .flag,
        "Whether good answers must come for good before the heal: where the fault is held for "
          + "longer than the bounds on them, else it is a violation; where it is healed sooner, "
          + "else it is unknown whether the service recovers by itself.", default: "true"),
      Lateness.key,
      .init(
        "late-factor", .number,
        "An answer slower than this many times the steady phase's 99th percentile is bad, too."),
      .init("sustained", .duration, "How long no operation may be bad.", default: "1s"),
      .init(
        "address", .text, "The address whose takeover counts; without it, every floating address."),
    ])

  /// The parts of a failover that can be bounded.
  enum Bound: String, CaseIterable {
    case firstBad = "first-bad"
    case detection
    case takeover
    case firstGood = "first-good"
    case sustainedGood = "sustained-good"

    /// How a sentence names it.
    var words: String {
      switch self {
      case .firstBad: "first bad"
      case .detection: "detection"
      case .takeover: "takeover"
      case .firstGood: "first good"
      case .sustainedGood: "sustained good"
      }
    }

    var meaning: String {
      switch self {
      case .firstBad: "the intended start of the first bad operation"
      case .detection: "the first sign that the system noticed"
      case .takeover: "the last takeover of an address or a role"
      case .firstGood: "the first good answer after a bad operation"
      case .sustainedGood: "the first good answer after the last bad operation"
      }
    }
  }

  let frame: ServiceFrame
  /// Of each run.
  let bounds: [Bound: Duration]
  /// Of many runs together, which one alone cannot show.
  let overRuns: [Bound: DurationBound]
  let afterHeal: Duration?
  let mustRecoverAlone: Bool
  let late: Lateness
  let lateFactor: Double?
  let sustained: Duration
  let address: String?

  /// How long a fault may be held before the service must have recovered by itself.
  let patience: Duration

  public var feed: Feed { .traffic }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    let written = Bound.allCases.reduce(into: [Bound: DurationBound]()) {
      $0[$1] = settings.bound($1.rawValue)
    }
    bounds = written.compactMapValues(\.most)
    overRuns = written.filter { !$0.value.quantiles.isEmpty }
    let onAnswers = [written[.firstGood], written[.sustainedGood]].compactMap(\.self)
    patience = onAnswers.compactMap(\.greatest).max() ?? .seconds(2)
    afterHeal = settings.duration("after-heal")
    mustRecoverAlone = settings.flag("recovers-alone") ?? true
    // What is late for the sharpest of the quantiles is no good answer there, and so for none.
    let sharpest = onAnswers.compactMap(\.least).min()
    late = Lateness(said: settings.duration(Lateness.key.name), bound: sharpest)
    lateFactor = settings.number("late-factor")
    sustained = settings.duration("sustained") ?? .seconds(1)
    address = settings.text("address")
    if let lateFactor, lateFactor < 1 {
      throw SettingsError("late-factor", "a factor below 1 would call steady answers late")
    }
    if let said = late.said, let sharpest, said > sharpest {
      throw SettingsError(
        Lateness.key.name,
        "an answer that takes \(said.text) cannot show that a bound of \(sharpest.text) was kept; "
          + "write at most \(sharpest.text)")
    }
  }

  public var finestBound: Duration? {
    ([Bound.firstBad, .firstGood, .sustainedGood].map { bound in
      [bounds[bound], overRuns[bound]?.least].compactMap(\.self).min()
    } + [afterHeal, late.said]).compactMap(\.self).min()
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    var traffic = Traffic(history, in: timeline.judged, functions: frame.functions, late: late)
    if let obstacle = frame.obstacle(history, traffic) {
      return Self.nothingToJudge(obstacle, operations: traffic.samples.count)
    }
    if timeline.chosen.isEmpty && timeline.missing.isEmpty {
      return Self.nothingToJudge("No fault was injected.", operations: traffic.samples.count)
    }
    sharpen(&traffic, timeline)
    var judge = FailoverJudgement(
      checker: self, timeline: timeline, traffic: traffic, stalls: Stalls(history))
    frame.doubtFaults(timeline, &judge.judgement)
    frame.doubtTraffic(timeline, traffic, &judge.judgement)
    let outages = Outages(traffic, timeline, sustained: sustained)
    let predictions = CheckedPrediction.all(in: history)
    let timeout = history.timeouts.values.max()
    var failovers: [Failover] = []
    for (index, fault) in timeline.causes.enumerated()
    where timeline.chosen.contains(where: { $0.id == fault.id }) {
      let end = timeline.horizon(fault).end
      var failover = Failover(
        fault, cause: index, outages, timeline,
        Sightings(history, of: fault, until: end, address: address),
        Witnesses(history, of: fault, until: end), bounds)
      failover.predicted = ClientPrediction(
        predictions.filter { $0.fault == fault.id }, timeout: timeout)
      judge.judge(failover)
      failovers.append(failover)
    }
    let stray = outages.all.filter { $0.attribution.cause == nil }
    return judge.judgement.finding(
      of: Self.self,
      held: (failovers.map(\.sentence) + askedOfMany).joined(separator: "; "),
      operations: traffic.samples.count,
      figures: [
        .init(
          "late", .optional(traffic.limits?.upperBound) { .milliseconds(.nanoseconds($0)) }),
        .init("sustained", .milliseconds(sustained)),
        .init("bad", .integer(traffic.samples.badCount)),
        .init("badBeforeAnyFault", .integer(stray.reduce(0) { $0 + $1.badCount })),
        .init("faults", .array(failovers.map(\.json))),
      ])
  }

  /// What of its bounds a run by itself does not answer.
  private var askedOfMany: [String] {
    Bound.allCases.compactMap { bound in
      overRuns[bound].map { "\(bound.rawValue) \($0.text) is asked of many runs together" }
    }
  }

  /// By the steady phase, where `late-factor` asks for it.
  private func sharpen(_ traffic: inout Traffic, _ timeline: Timeline) {
    guard let lateFactor,
      let steady = traffic[timeline.steady].waited(percentile: 99, until: timeline.judged.end)
    else { return }
    traffic.sharpen(to: Int64(min(Double(steady.nanoseconds) * lateFactor, 0x1p61)))
  }
}
