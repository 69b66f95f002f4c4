public import Basics
public import Checking
public import Histories

/// What was measured after a fault is what follows from the servers' configuration.
///
/// The times are those of `predicts` in the components: an election, a takeover of an address, a
/// health check. What is measured is an interval, as wide as observers' looks are apart; only where
/// all of it is outside the predicted range, and by more than the tolerance, is that a violation: the
/// formula is wrong, the configuration is not in force, or the server does something else. Where the
/// harness was held up for so long, nobody knows.
public struct AsPredicted: Checker {
  public static let name = "as-predicted"
  public static let summary =
    "Takeovers and health checks take as long as follows from the configuration."
  public static let schema = Schema([
    .init(
      "tolerance", .duration, "How far outside the predicted range a time may be.",
      default: "100ms"), ServiceFrame.fault,
  ])

  let frame: ServiceFrame
  let tolerance: Duration

  public var feed: Feed { .observations }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    tolerance = settings.duration("tolerance") ?? .milliseconds(100)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    guard history.hasTimes else {
      return Self.nothingToJudge("The history records an order but no times.")
    }
    guard !history.predictions.isEmpty else {
      return Self.nothingToJudge("Nothing was predicted: no component has the key 'predicts'.")
    }
    let timeline = frame.timeline(of: history)
    let chosen = Set(timeline.chosen.map(\.id))
    let all = CheckedPrediction.all(in: history).filter { chosen.contains($0.fault) }
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    guard !all.isEmpty else {
      return Self.nothingToJudge(
        "No fault is known to have taken anybody away of whom something was predicted.")
    }
    let faults = Dictionary(timeline.chosen.map { ($0.id, $0) }) { first, _ in first }
    for checked in all {
      guard let fault = faults[checked.fault] else { continue }
      judge(checked, fault, &judgement)
    }
    let sentences = all.compactMap { checked in faults[checked.fault].map { checked.sentence($0) } }
    return judgement.finding(
      of: Self.self, held: sentences.joined(separator: "; "), operations: all.count,
      figures: [
        .init("tolerance", .milliseconds(tolerance)),
        .init("predictions", .array(all.map(\.json))),
      ])
  }

  private func judge(
    _ checked: CheckedPrediction, _ fault: FaultMark, _ judgement: inout Judgement
  ) {
    let sentence = checked.sentence(fault)
    guard let measured = checked.measured, let excess = checked.excess else {
      return judgement.doubt(sentence)
    }
    guard excess > tolerance else { return }
    guard !checked.isDoubtful(excess - tolerance) else {
      return judgement.doubt(Stalls.doubt(sentence, checked.stalled))
    }
    judgement.violated(
      "not as predicted", sentence,
      during: fault.injected...fault.injected.advanced(by: measured.upperBound))
  }
}

extension CheckedPrediction {
  fileprivate func sentence(_ fault: FaultMark) -> String {
    let time = measured == nil ? measuredText : "after \(measuredText)"
    return "\(fault.title): \(what) \(time), predicted \(prediction.rangeText)"
  }
}
