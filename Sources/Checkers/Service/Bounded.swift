public import Basics
public import Checking
public import Histories

/// A number that a component's probe reads over time stays within bounds.
///
/// A breach lasts from the first reading outside the bounds to the next one inside, or to the
/// last; `longer-than` forgives short ones. Silence is no reading: while a probe cannot be read,
/// nothing is known, and a stretch of the judged time without a reading longer than `gap` makes
/// the verdict unknown.
public struct Bounded: Checker {
  public static let name = "bounded"
  public static let summary = "A number that a probe reads over time stays within bounds."
  public static let schema = Schema([
    .init(
      "probe", .text, "The probe, by its name in the component.", isRequired: true, example: "lag"),
    .init("component", .text, "Its component; without it, every component with that probe."),
    .init(
      "at-most", .text,
      "The greatest reading allowed, a number in the probe's unit, or a duration "
        + "such as 5s where the unit is the second."),
    .init("at-least", .text, "The least reading allowed, written likewise."),
    .init("longer-than", .duration, "Only a breach that lasts longer counts.", default: "0ms"),
    .init(
      "gap", .duration, "Without a reading for longer than this, nothing is known.", default: "5s"),
    ServiceFrame.fault, Part.key,
  ])

  let frame: ServiceFrame
  let probe: String
  let component: String?
  let atMost: Double?
  let atLeast: Double?
  let patience: Duration
  let gap: Duration
  let part: Part

  public var feed: Feed { .observations }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    guard let probe = settings.text("probe") else {
      throw SettingsError("probe", "say which probe is judged")
    }
    self.probe = probe
    component = settings.text("component")
    atMost = try Bounded.number("at-most", settings)
    atLeast = try Bounded.number("at-least", settings)
    guard atMost != nil || atLeast != nil else {
      throw SettingsError("at-most", "say 'at-most', 'at-least' or both")
    }
    patience = settings.duration("longer-than") ?? .zero
    gap = settings.duration("gap") ?? .seconds(5)
    part = Part(settings)
  }

  private static func number(_ key: String, _ settings: Settings) throws(SettingsError) -> Double? {
    guard let text = settings.text(key) else { return nil }
    if let number = Double(text), number.isFinite { return number }
    if let duration = Duration(text: text) { return duration.seconds }
    throw SettingsError(key, "a number or a duration is expected here, not '\(text)'")
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    let windows = part.windows(timeline)
    var lanes: [InstanceID: [Reading]] = [:]
    for seen in history.observations {
      guard case .probe(probe, let instance, .answer(let number)) = seen.fact,
        component == nil || component == instance.component,
        windows.contains(where: { $0.contains(seen.time) })
      else { continue }
      lanes[instance, default: []].append(Reading(time: seen.time, number: number))
    }
    let count = lanes.values.reduce(0) { $0 + $1.count }
    guard count > 0 else {
      return Self.nothingToJudge("The probe '\(probe)' was never read \(part.words).")
    }
    var judgement = Judgement()
    if part != .steady { frame.doubtFaults(timeline, &judgement) }
    for (instance, readings) in lanes.sorted(by: { $0.key < $1.key }) {
      judge(readings, of: instance, &judgement)
      doubtGaps(readings, of: instance, within: windows, &judgement)
    }
    let all = lanes.values.joined().map(\.number)
    let low = all.min() ?? 0
    let high = all.max() ?? 0
    return judgement.finding(
      of: Self.self,
      held: "\(count) readings of \(probe) \(part.words) from \(text(low)) to \(text(high))"
        + bounds,
      operations: count,
      figures: [
        .init("readings", .integer(count)), .init("least", .number(low)),
        .init("greatest", .number(high)),
      ])
  }

  private struct Reading {
    let time: Instant
    let number: Double
  }

  private func isBreach(_ number: Double) -> Bool {
    number.isNaN || atMost.map { number > $0 } ?? false || atLeast.map { number < $0 } ?? false
  }

  private func judge(
    _ readings: [Reading], of instance: InstanceID, _ judgement: inout Judgement
  ) {
    var worst: Reading?
    var began: Reading?
    for (index, reading) in readings.enumerated() {
      guard isBreach(reading.number) else {
        worst = nil
        began = nil
        continue
      }
      began = began ?? reading
      if excess(reading.number) > (worst.map { excess($0.number) } ?? -1) { worst = reading }
      let isLast = index == readings.count - 1 || !isBreach(readings[index + 1].number)
      let end = index + 1 < readings.count ? readings[index + 1].time : reading.time
      guard isLast, let began, let worst else { continue }
      let length = began.time.duration(to: end)
      guard length > patience || patience == .zero else { continue }
      let from = Wording.milliseconds(Instant.start.duration(to: began.time))
      judgement.violated(
        "out of bounds",
        "\(probe) of \(instance) was \(text(worst.number))\(bounds), out of bounds for "
          + "\(Wording.milliseconds(length)) from \(from) on",
        during: began.time...end)
    }
  }

  private func excess(_ number: Double) -> Double {
    if number.isNaN { return .infinity }
    return max(atMost.map { number - $0 } ?? 0, atLeast.map { $0 - number } ?? 0)
  }

  private func doubtGaps(
    _ readings: [Reading], of instance: InstanceID, within windows: [Window],
    _ judgement: inout Judgement
  ) {
    for window in windows {
      let inside = readings.map(\.time).filter { window.contains($0) }
      let moments = [window.start] + inside + [window.end]
      for (before, after) in zip(moments, moments.dropFirst())
      where before.duration(to: after) > gap {
        let from = Wording.milliseconds(Instant.start.duration(to: before))
        judgement.doubt(
          "\(probe) of \(instance) was not read for \(Wording.milliseconds(before.duration(to: after)))"
            + " from \(from) on, at most \(Wording.milliseconds(gap)) may pass.")
      }
    }
  }

  private var bounds: String {
    (atMost.map { ", at most \(text($0))" } ?? "")
      + (atLeast.map { ", at least \(text($0))" } ?? "")
  }

  private func text(_ number: Double) -> String { Decimal.trimmed(number, decimals: 3) }
}
