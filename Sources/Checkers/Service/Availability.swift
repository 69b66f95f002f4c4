public import Checking
public import Basics
public import Histories

/// The share of operations that succeeded, of all that were meant to be made.
///
/// An operation of unknown outcome did not succeed as far as its client could tell. With `late`,
/// neither did one that was answered later than that.
public struct Availability: Checker {
  public static let name = "availability"
  public static let summary = "The share of operations that succeeded, overall and per fault."
  public static let schema = ServiceFrame.schema([
    .init("at-least", .ratio, "The share of operations that must succeed (99% when unsaid)."),
    .init("max-failed", .ratio, "The share that may fail while any one fault is active."),
    .init("late", .duration, "An answer later than this counts as a failure."),
    Part.key,
  ])

  let frame: ServiceFrame
  let atLeast: Ratio?
  let maxFailed: Ratio?
  let late: Int64
  let part: Part

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    maxFailed = settings.ratio("max-failed")
    atLeast = settings.ratio("at-least") ?? (maxFailed == nil ? Ratio(0.99) : nil)
    late = settings.duration("late")?.nanoseconds ?? .max
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
    if maxFailed != nil { frame.doubtFaults(timeline, &judgement) }
    let slices = part.windows(timeline).map { traffic[$0] }
    let total = slices.reduce(0) { $0 + $1.count }
    let bad = slices.reduce(0) { $0 + $1.badCount(late: late) }
    judgeShare(slices, total: total, bad: bad, &judgement)
    if maxFailed != nil && timeline.chosen.isEmpty {
      judgement.doubt("No fault was injected, so max-failed has nothing to judge.")
    }
    let faults = timeline.chosen.map { judge($0, timeline, traffic, &judgement) }
    return judgement.finding(
      of: Self.self,
      held: "\(total - bad) of \(total) operations succeeded \(part.words) "
        + "(\(Wording.share(total - bad, of: total)))",
      operations: total,
      figures: [
        .init("scheduled", .integer(total)), .init("ok", .integer(total - bad)),
        .init("bad", .integer(bad)),
        .init("share", total == 0 ? .null : .number(Double(total - bad) / Double(total))),
        .init("faults", .array(faults)),
      ])
  }

  private func judgeShare(
    _ slices: [ArraySlice<Traffic.Sample>], total: Int, bad: Int, _ judgement: inout Judgement
  ) {
    guard total >= frame.enough else {
      judgement.doubt(
        "Only \(Wording.count(total, "operation")) \(part.words), \(frame.enough) are needed.")
      return
    }
    guard let atLeast, Double(total - bad) / Double(total) < atLeast.value else { return }
    let shown = slices.joined().lazy.filter { $0.isBad(late: late) }.prefix(20)
    judgement.violated(
      "unavailable",
      "\(total - bad) of \(total) operations succeeded \(part.words) "
        + "(\(Wording.share(total - bad, of: total))), at least \(atLeast) must",
      shown.map { Int($0.position) })
  }

  private func judge(
    _ fault: FaultMark, _ timeline: Timeline, _ traffic: Traffic, _ judgement: inout Judgement
  ) -> JSON {
    let slice = traffic[timeline.during(fault)]
    let bad = slice.badCount(late: late)
    if let maxFailed, slice.count < frame.enough {
      judgement.doubt(
        "Only \(Wording.count(slice.count, "operation")) during \(fault.title), \(frame.enough) "
          + "are needed to judge max-failed \(maxFailed).")
    } else if let maxFailed, Double(bad) > maxFailed.value * Double(slice.count) {
      judgement.violated(
        "unavailable during a fault",
        "\(fault.title): \(bad) of \(slice.count) operations failed "
          + "(\(Wording.share(bad, of: slice.count))), at most \(maxFailed) may",
        slice.lazy.filter { $0.isBad(late: late) }.prefix(20).map { Int($0.position) })
    }
    return [
      "fault": .integer(fault.id), "scheduled": .integer(slice.count), "bad": .integer(bad),
    ]
  }
}
