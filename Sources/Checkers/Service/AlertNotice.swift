import Basics
import Checking
import Histories

/// What `alerted` says of one history: which fault was noticed after how long, and what fired without one.
struct AlertNotice {
  let track: AlertTrack
  let timeline: Timeline
  let stalls: Stalls
  let checker: Alerted
  /// Every alert each time that it fired, in the order in which that was seen.
  private let fired: [(alert: Alert, span: AlertTrack.Span)]
  /// Every fault of the run for which no alert began, whichever.
  private let unnoticed: [FaultMark]

  init(track: AlertTrack, timeline: Timeline, stalls: Stalls, checker: Alerted) {
    self.track = track
    self.timeline = timeline
    self.stalls = stalls
    self.checker = checker
    let fired = track.alerts.flatMap { alert in track.spans(of: alert).map { (alert, $0) } }
      .sorted { ($0.1.seen, $0.0) < ($1.1.seen, $1.0) }
    self.fired = fired
    unnoticed = timeline.causes.filter { fault in
      let end = min(checker.excuse(fault).end, timeline.judged.end)
      return !fired.contains { fault.injected < $0.1.seen && $0.1.seen <= end }
    }
  }

  /// Judges the awaited alert of one fault; the sentence for one that was noticed and forgotten in time.
  func judge(_ fault: FaultMark, _ judgement: inout Judgement) -> String? {
    let spans = fired.filter { checker.matches($0.alert) }.map(\.span)
    let deadline = fault.injected.advanced(by: checker.within)
    let horizon = horizon(of: fault, deadline)
    guard let span = spans.first(where: { $0.seen > fault.injected && $0.seen < horizon }) else {
      missing(fault, Window(fault.injected, deadline), spans, &judgement)
      return nil
    }
    let after = fault.injected.duration(to: span.seen)
    let noticed = "\(checker.what) fired \(Wording.milliseconds(after)) after \(fault.title)"
    guard span.seen <= deadline else {
      late(noticed, fault, span, deadline, &judgement)
      return nil
    }
    return forgotten(fault, spans, &judgement).map { "\(noticed)\($0)" }
  }

  /// Until when an alert is still put down to a fault, however late it is.
  private func horizon(of fault: FaultMark, _ deadline: Instant) -> Instant {
    let end = fault.over.map { $0.advanced(by: checker.resolved) } ?? timeline.judged.end
    return max(deadline, min(end, timeline.horizon(fault).end)).advanced(by: .nanoseconds(1))
  }

  private func missing(
    _ fault: FaultMark, _ window: Window, _ spans: [AlertTrack.Span], _ judgement: inout Judgement
  ) {
    let isFiring = spans.contains {
      $0.seen <= fault.injected && fault.injected < $0.ended ?? .never
    }
    guard !isFiring else {
      return judgement.doubt("\(checker.what) fired already when \(fault.title) was injected.")
    }
    let bound = Wording.milliseconds(checker.within)
    guard window.end <= timeline.judged.end else {
      return judgement.doubt(
        "The run ended before \(checker.what) had to fire, \(bound) after \(fault.title).")
    }
    let isNamed = checker.alert != nil || !checker.labels.isEmpty
    let sentence =
      "\(isNamed ? "\(checker.what) did not fire" : "no alert fired") within \(bound) of \(fault.title)"
    violated("missing", sentence, window, window, &judgement)
  }

  private func late(
    _ noticed: String, _ fault: FaultMark, _ span: AlertTrack.Span, _ deadline: Instant,
    _ judgement: inout Judgement
  ) {
    let bound = Wording.milliseconds(checker.within)
    guard let before = span.before, before > deadline else {
      return judgement.doubt(
        "\(noticed), at most \(bound) may pass; but nobody was heard since before that.")
    }
    violated(
      "late", "\(noticed), at most \(bound) may pass", Window(fault.injected, span.seen),
      Window(fault.injected, deadline), &judgement)
  }

  /// Whether the alert was gone in time after the heal; the end of the sentence that it was.
  private func forgotten(
    _ fault: FaultMark, _ spans: [AlertTrack.Span], _ judgement: inout Judgement
  ) -> String? {
    guard let healed = fault.over else { return ", which was not healed" }
    let deadline = healed.advanced(by: checker.resolved)
    let own = spans.filter { $0.seen > fault.injected && $0.seen <= deadline }
    guard let span = own.max(by: { ($0.ended ?? .never) < ($1.ended ?? .never) }) else {
      return nil
    }
    let bound = Wording.milliseconds(checker.resolved)
    if let ended = span.ended, ended <= deadline {
      guard ended > healed else { return " and was resolved before its heal" }
      return " and was resolved \(Wording.milliseconds(healed.duration(to: ended))) after its heal"
    }
    guard span.lastSeen > deadline else {
      judgement.doubt(
        "\(checker.what) was not heard to be resolved \(bound) after the heal of \(fault.title), "
          + "and not to fire after that either.")
      return nil
    }
    let other = timeline.causes.first {
      $0.id != fault.id && $0.injected < deadline && healed < $0.over ?? .never
    }
    if let other {
      judgement.doubt(
        "\(checker.what) still fired \(bound) after the heal of \(fault.title), but \(other.title) "
          + "was active then.")
      return nil
    }
    let window = Window(healed, span.lastSeen)
    violated(
      "not resolved",
      "\(checker.what) still fired \(Wording.milliseconds(window.length)) after the heal of "
        + "\(fault.title), at most \(bound) may pass", window, Window(healed, deadline), &judgement)
    return nil
  }

  /// Where nobody could be asked for too long, or the harness was held up, a violation is a doubt.
  private func violated(
    _ kind: String, _ sentence: String, _ shown: Window, _ needed: Window,
    _ judgement: inout Judgement
  ) {
    let gap = track.longestGap(in: needed, runUntil: timeline.judged.end)
    if gap.length > checker.gap {
      return judgement.doubt("\(sentence); but \(words(gap)).")
    }
    guard stalls.isEmpty || !stalls.blur(needed) else {
      return judgement.doubt(Stalls.doubt(sentence, stalls.length(in: needed)))
    }
    judgement.violated(kind, sentence, during: shown.span)
  }

  private func words(_ gap: Window) -> String {
    "nobody said which alerts fire for \(Wording.milliseconds(gap.length)) from "
      + "\(Wording.milliseconds(Instant.start.duration(to: gap.start))) on"
  }
}

// What fires without a fault, and faults for which nothing fires.
extension AlertNotice {
  /// Judges that nothing fires but around faults; the sentence for that.
  func judgeQuiet(_ judgement: inout Judgement) -> String {
    let excused = Window.union(timeline.causes.map(checker.excuse))
    let looks = track.looks.filter { look in
      timeline.judged.contains(look.time) && !excused.contains { $0.contains(look.time) }
    }
    for window in timeline.judged.without(excused) {
      let gap = track.longestGap(in: window, runUntil: timeline.judged.end)
      if gap.length > checker.gap { judgement.doubt("\(words(gap).capitalizedFirst).") }
    }
    if looks.isEmpty { judgement.doubt("Nobody was heard outside of faults.") }
    for alert in Set(looks.flatMap(\.alerts)).sorted() where checker.matches(alert) {
      let times = looks.filter { $0.alerts.contains(alert) }.map(\.time)
      guard let first = times.first, let last = times.last else { continue }
      let from = Wording.milliseconds(Instant.start.duration(to: first))
      let sentence = "\(alert) fired without a fault, from \(from) on"
      let around = Window(first.advanced(by: .zero - Self.memory), last)
      if !stalls.isEmpty, stalls.blur(around) {
        judgement.doubt(Stalls.doubt(sentence, stalls.length(in: around)))
      } else {
        judgement.violated("without a fault", sentence, during: first...last)
      }
    }
    return "nothing fired outside of faults in \(Wording.count(looks.count, "look"))"
  }

  /// How long before an alert a stall may have been its reason.
  private static let memory = Duration.seconds(5)

  /// Tells of what nobody noticed.
  func listUnnoticed(_ judgement: inout Judgement) {
    for fault in unnoticed { judgement.note("no alert noticed \(fault.title)") }
  }

  /// Every alert that fired, and the faults that none noticed.
  var figures: [JSON.Member] {
    let shown = fired.prefix(100)
    return [
      .init("looks", .integer(track.looks.count)),
      .init(
        "alerts",
        .array(
          shown.map { alert, span in
            .object([
              .init("alert", .string(alert.description)),
              .init("seen", .milliseconds(Instant.start.duration(to: span.seen))),
              .init(
                "ended",
                .optional(span.ended) { .milliseconds(Instant.start.duration(to: $0)) }),
            ])
          })),
      .init("unnoticed", .strings(unnoticed.map(\.title))),
    ]
  }
}

extension Window {
  /// What is left of it without others, which do not overlap and are in order.
  fileprivate func without(_ others: [Window]) -> [Window] {
    var rest: [Window] = []
    var from = start
    for other in others {
      if from < min(other.start, end) { rest.append(Window(from, min(other.start, end))) }
      from = max(from, other.end)
    }
    if from < end { rest.append(Window(from, end)) }
    return rest
  }
}
