public import Checking
public import Basics
public import Histories

/// How long each fault kept clients waiting, broken into its parts, with a bound on any of them.
///
/// Every part is measured from the injection: the first bad operation (by its intended start),
/// the detection and the takeover (seen by the observers), the first good answer, and the first
/// answer from which on no operation was bad for `sustained`. How outages are found and what they
/// are attributed to is said at `Outages`. An operation is bad when it failed, when its outcome
/// is unknown, or when it was answered later than `late` after its intended start.
public struct FailoverTime: Checker {
  public static let name = "failover-time"
  public static let summary =
    "How long each fault kept clients waiting: first bad, detection, takeover, first good, "
    + "sustained good."
  public static let schema = ServiceFrame.schema(
    Bound.allCases.map {
      Schema.Key($0.rawValue, .duration, "At most this long from the injection to \($0.words).")
    } + [
      .init("after-heal", .duration, "An outage that begins after the heal may last this long."),
      .init("late", .duration, "An answer later than this is bad (1s when unsaid)."),
      .init(
        "late-factor", .number,
        "An answer slower than this many times the steady phase's 99th percentile is bad."),
      .init("sustained", .duration, "How long no operation may be bad (1s when unsaid)."),
      .init("address", .text, "The address whose takeover counts; every address when unsaid."),
    ])

  /// The parts of a failover that can be bounded.
  enum Bound: String, CaseIterable {
    case firstBad = "first-bad"
    case detection
    case takeover
    case firstGood = "first-good"
    case sustainedGood = "sustained-good"

    var words: String {
      switch self {
      case .firstBad: "the first bad operation"
      case .detection: "the detection"
      case .takeover: "the takeover"
      case .firstGood: "the first good answer"
      case .sustainedGood: "sustained good answers"
      }
    }
  }

  let frame: ServiceFrame
  let bounds: [Bound: Duration]
  let afterHeal: Duration?
  let late: Duration?
  let lateFactor: Double?
  let sustained: Duration
  let address: String?

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    var bounds: [Bound: Duration] = [:]
    for bound in Bound.allCases { bounds[bound] = settings.duration(bound.rawValue) }
    self.bounds = bounds
    afterHeal = settings.duration("after-heal")
    late = settings.duration("late")
    lateFactor = settings.number("late-factor")
    if let lateFactor, lateFactor < 1 {
      throw SettingsError("late-factor", "a factor below 1 would call steady answers late")
    }
    sustained = settings.duration("sustained") ?? .seconds(1)
    address = settings.text("address")
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    let traffic = Traffic(history, in: timeline.judged, functions: frame.functions)
    if let obstacle = frame.obstacle(history, traffic) {
      return Self.nothingToJudge(obstacle, operations: traffic.samples.count)
    }
    if timeline.chosen.isEmpty && timeline.missing.isEmpty {
      return Self.nothingToJudge("No fault was injected.", operations: traffic.samples.count)
    }
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    frame.doubtTraffic(timeline, traffic, &judgement)
    let threshold = lateThreshold(traffic, timeline)
    let outages = Outages(traffic, timeline, late: threshold, sustained: sustained)
    var faults: [JSON] = []
    var sentences: [String] = []
    for (index, fault) in timeline.causes.enumerated()
    where timeline.chosen.contains(where: { $0.id == fault.id }) {
      let failover = Failover(
        fault, cause: index, outages, timeline,
        Sightings(
          history.observations, of: fault, until: timeline.horizon(fault).end, address: address))
      judge(failover, timeline, traffic, &judgement)
      faults.append(failover.json)
      sentences.append(failover.sentence)
    }
    let stray = outages.all.filter { $0.attribution.cause == nil }
    return judgement.finding(
      of: Self.self, held: sentences.joined(separator: "; "),
      operations: traffic.samples.count,
      figures: [
        .init("late", .milliseconds(.nanoseconds(threshold))),
        .init("sustained", .milliseconds(sustained)),
        .init("bad", .integer(traffic.samples[...].badCount(late: threshold))),
        .init("badBeforeAnyFault", .integer(stray.reduce(0) { $0 + $1.badCount })),
        .init("faults", .array(faults)),
      ])
  }

  /// The sharper of both thresholds where both are given; nanoseconds.
  private func lateThreshold(_ traffic: Traffic, _ timeline: Timeline) -> Int64 {
    let steady = lateFactor.flatMap { factor in
      traffic[timeline.steady].waited(percentile: 99, until: timeline.judged.end)
        .map { Int64(min(Double($0.nanoseconds) * factor, 0x1p61)) }
    }
    let absolute = late?.nanoseconds ?? (steady == nil ? 1_000_000_000 : .max)
    return min(absolute, steady ?? .max)
  }
}
