public import Checking
public import Basics
public import Histories

/// The share of operations that succeeded, of all that were meant to be made.
///
/// An operation of unknown outcome did not succeed as far as its client could tell, and neither did
/// one that was answered late (see `Lateness`).
public struct Availability: Checker {
  public static let name = "availability"
  public static let summary = "The share of operations that succeeded, overall and per fault."
  public static let schema = ServiceFrame.schema([
    .init(
      "at-least", .ratio,
      "The share of operations that must succeed; without it, 99%, unless max-failed is given."),
    .init("max-failed", .ratio, "The share that may fail while any one fault is active."),
    Lateness.key,
    Part.key,
  ])

  let frame: ServiceFrame
  let atLeast: Ratio?
  let maxFailed: Ratio?
  let late: Lateness
  let part: Part

  public static let unasked = Unasked.whereNothingElse

  public var feed: Feed { .traffic }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    maxFailed = settings.ratio("max-failed")
    atLeast = settings.ratio("at-least") ?? (maxFailed == nil ? Ratio(0.99) : nil)
    late = Lateness(settings)
    part = Part(settings)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    let traffic = Traffic(history, in: timeline.judged, functions: frame.functions, late: late)
    if let obstacle = frame.obstacle(history, traffic) {
      return Self.nothingToJudge(obstacle, operations: traffic.samples.count)
    }
    var judgement = Judgement()
    frame.doubt(part, timeline, traffic, &judgement)
    if maxFailed != nil { frame.doubtFaults(timeline, &judgement) }
    let slices = part.windows(timeline).map { traffic[$0] }
    let total = slices.reduce(0) { $0 + $1.count }
    let bad = slices.reduce(0) { $0 + $1.badCount }
    let stalls = Stalls(history)
    judgeShare(slices, total: total, bad: bad, stalls, &judgement)
    if maxFailed != nil && timeline.chosen.isEmpty {
      judgement.doubt("No fault was injected, so max-failed has nothing to judge.")
    }
    let faults = timeline.chosen.map { judge($0, timeline, traffic, stalls, &judgement) }
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
    _ slices: [ArraySlice<Traffic.Sample>], total: Int, bad: Int, _ stalls: Stalls,
    _ judgement: inout Judgement
  ) {
    guard total >= frame.enough else {
      judgement.doubt(
        "Only \(Wording.count(total, "operation")) \(part.words), \(frame.enough) are needed.")
      return
    }
    guard let atLeast, Double(total - bad) / Double(total) < atLeast.value else { return }
    let all = slices.joined()
    let sentence =
      "\(total - bad) of \(total) operations succeeded \(part.words) "
      + "(\(Wording.share(total - bad, of: total))), at least \(atLeast) must"
    let own = all.count { $0.isBad && stalls.touched($0) }
    guard Double(total - bad) / Double(max(1, total - own)) < atLeast.value else {
      return judgement.doubt(Stalls.doubt(sentence, stalls.length(in: timeline(of: slices))))
    }
    let shown = all.lazy.filter(\.isBad).prefix(20)
    judgement.violated("unavailable", sentence, shown.map { Int($0.position) })
  }

  /// From the first to the last of them.
  private func timeline(of slices: [ArraySlice<Traffic.Sample>]) -> Window {
    let first = slices.lazy.compactMap(\.first).first?.scheduled ?? 0
    let last = slices.lazy.compactMap(\.last).map(\.decided).max() ?? 0
    return Window(Instant(nanoseconds: first), Instant(nanoseconds: last))
  }

  private func judge(
    _ fault: FaultMark, _ timeline: Timeline, _ traffic: Traffic, _ stalls: Stalls,
    _ judgement: inout Judgement
  ) -> JSON {
    let slice = traffic[timeline.during(fault)]
    let bad = slice.badCount
    if let maxFailed, slice.count < frame.enough {
      judgement.doubt(
        "Only \(Wording.count(slice.count, "operation")) during \(fault.title), \(frame.enough) "
          + "are needed to judge max-failed \(maxFailed).")
    } else if let maxFailed, Double(bad) > maxFailed.value * Double(slice.count) {
      let sentence =
        "\(fault.title): \(bad) of \(slice.count) operations failed "
        + "(\(Wording.share(bad, of: slice.count))), at most \(maxFailed) may"
      let own = slice.count { $0.isBad && stalls.touched($0) }
      if Double(bad - own) > maxFailed.value * Double(slice.count - own) {
        judgement.violated(
          "unavailable during a fault", sentence,
          slice.lazy.filter(\.isBad).prefix(20).map { Int($0.position) })
      } else {
        judgement.doubt(Stalls.doubt(sentence, stalls.length(in: timeline.during(fault))))
      }
    }
    return [
      "fault": .integer(fault.id), "scheduled": .integer(slice.count), "bad": .integer(bad),
    ]
  }
}
