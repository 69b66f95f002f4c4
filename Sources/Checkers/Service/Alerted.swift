public import Basics
public import Checking
public import Histories

/// Whoever watches the servers notices faults in time, forgets them in time, and cries no wolf.
///
/// A component with the key `alerts` is asked all the time which alerts fire. An alert came between the last look
/// without it and the first with it, and is late only where all of that is: so much is not known that a bound
/// within it is doubted. Where nobody could be asked, nothing is known. What fired before a fault says nothing of it.
/// A fault for which no alert fired, whichever, is listed whatever is judged.
public struct Alerted: Checker {
  public static let name = "alerted"
  public static let summary =
    "An alert fires within so long of a fault, is resolved after its heal, and none fires otherwise."
  public static let schema = Schema([
    .init(
      "alert", .text,
      "The name of the alert that must fire for each fault that is judged; without it, any will do."
    ),
    .init(
      "labels", .list(of: .text),
      "Only alerts with these labels count, such as site=douala; without it, all."),
    ServiceFrame.fault,
    .init(
      "within", .duration, "How long after the injection the alert may be seen first.",
      default: "30s"),
    .init(
      "resolved", .duration,
      "How long after the heal was seen to have worked it may still fire; so long a fault also excuses alerts.",
      default: "30s"),
    .init(
      "none", .flag,
      "No alert fires from the steady phase on but from a fault's injection until it must be resolved.",
      default: "false"),
    .init(
      "gap", .duration, "Without an answer for longer than this, nothing is known.", default: "5s"),
  ])

  let frame: ServiceFrame
  let alert: String?
  let labels: [Alert.Label]
  let within: Duration
  let resolved: Duration
  let isNone: Bool
  let gap: Duration

  public var feed: Feed { .observations }

  public var lookAfterHeal: Duration? { resolved + .seconds(2) }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    alert = settings.text("alert")
    within = settings.duration("within") ?? .seconds(30)
    resolved = settings.duration("resolved") ?? .seconds(30)
    isNone = settings.flag("none") ?? false
    gap = settings.duration("gap") ?? .seconds(5)
    var labels: [Alert.Label] = []
    for text in settings.texts("labels") ?? [] {
      guard let label = Alert.Label(reading: text), !label.key.isEmpty else {
        throw SettingsError("labels", "a label is written key=value, not '\(text)'")
      }
      labels.append(label)
    }
    self.labels = labels
    if isNone, alert != nil {
      throw SettingsError(
        "none", "'none' stands alone: that alerts fire is another invariant than that none does")
    }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    guard history.hasTimes else {
      return Self.nothingToJudge("The history records an order but no times.")
    }
    let track = AlertTrack(history)
    guard !track.looks.isEmpty else {
      let why = track.silence.map { ", the last time because: \($0)" } ?? ""
      return Self.nothingToJudge("Nobody ever said which alerts fire\(why).")
    }
    let timeline = frame.timeline(of: history)
    guard isNone || !timeline.chosen.isEmpty || !timeline.missing.isEmpty else {
      return Self.nothingToJudge("There was no fault to be noticed.")
    }
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    let notice = AlertNotice(
      track: track, timeline: timeline, stalls: Stalls(history), checker: self)
    var held: [String] = []
    if isNone {
      held.append(notice.judgeQuiet(&judgement))
    } else {
      held = timeline.chosen.compactMap { notice.judge($0, &judgement) }
    }
    notice.listUnnoticed(&judgement)
    return judgement.finding(
      of: Self.self, held: held.joined(separator: "; "), operations: track.looks.count,
      figures: notice.figures)
  }

  /// Whether an alert is one of those that are judged.
  func matches(_ alert: Alert) -> Bool {
    (self.alert == nil || self.alert == alert.name)
      && labels.allSatisfy { alert.label($0.key) == $0.value }
  }

  /// From a fault's injection until what it made fire must be resolved.
  func excuse(_ fault: FaultMark) -> Window {
    Window(fault.injected, fault.over.map { $0.advanced(by: resolved) } ?? .never)
  }

  /// How a sentence names what is waited for.
  var what: String { Alert(alert ?? "any alert", labels: labels).description }
}
