import Basics
import Checking
import Histories

/// Holds failovers against bounds.
struct FailoverJudgement {
  let checker: FailoverTime
  let timeline: Timeline
  let traffic: Traffic
  let stalls: Stalls
  var judgement = Judgement()

  mutating func judge(_ failover: Failover) {
    for bound in FailoverTime.Bound.allCases {
      guard let limit = checker.bounds[bound] else { continue }
      if let part = failover.part(bound) {
        judge(bound, part, limit, failover)
      } else if !failover.outages.isEmpty {
        judgeMissing(bound, limit, failover)
      }
    }
    if failover.wasOutBefore {
      judgement.doubt(
        "\(failover.fault.title): operations were bad already when it was injected, so what it did "
          + "cannot be told.")
    }
    judgeLater(failover)
    judgeCure(failover)
    judgeEnd(failover)
    judgeAfterHeal(failover)
  }

  private mutating func judge(
    _ bound: FailoverTime.Bound, _ part: Duration, _ limit: Duration, _ failover: Failover
  ) {
    guard part > limit else { return }
    let start = failover.fault.injected
    exceeded(
      bound.rawValue,
      "\(failover.fault.title): \(bound.words) came after \(Wording.milliseconds(part)), at most "
        + "\(limit.text) is allowed",
      part - limit, Window(start, start.advanced(by: part)), failover.shown)
  }

  /// A violation, unless a stall of the harness was long enough to have made it.
  private mutating func exceeded(
    _ kind: String, _ sentence: String, _ excess: Duration, _ window: Window, _ shown: [Int]
  ) {
    let stalled = stalls.length(in: window)
    if stalled >= excess {
      judgement.doubt(Stalls.doubt(sentence, stalled))
    } else {
      judgement.violated(kind, sentence, shown)
    }
  }

  /// A part that never came although operations went bad.
  private mutating func judgeMissing(
    _ bound: FailoverTime.Bound, _ limit: Duration, _ failover: Failover
  ) {
    let watched = watched(failover.fault)
    let isAnswer = bound == .firstGood || bound == .sustainedGood
    if isAnswer && watched > limit {
      let start = failover.fault.injected
      exceeded(
        bound.rawValue,
        "\(failover.fault.title): \(bound.words) never came in \(Wording.milliseconds(watched)), "
          + "at most \(limit.text) is allowed",
        watched - limit, Window(start, start.advanced(by: watched)), failover.shown)
    } else {
      judgement.doubt("\(failover.fault.title): \(bound.words) was not observed.")
    }
  }

  /// For how long after the injection operations were still being made.
  private func watched(_ fault: FaultMark) -> Duration {
    let last = Instant(nanoseconds: traffic.samples.last?.scheduled ?? 0)
    return fault.injected.duration(to: min(timeline.horizon(fault).end, last))
  }

  /// A fault that causes a second outage must not hide it behind a short first one: each later
  /// outage is measured from its own beginning.
  private mutating func judgeLater(_ failover: Failover) {
    guard let limit = checker.bounds[.sustainedGood] else { return }
    for outage in failover.outages.dropFirst() {
      guard let end = outage.end else { continue }
      let length = outage.start.duration(to: end)
      guard length > limit else { continue }
      exceeded(
        FailoverTime.Bound.sustainedGood.rawValue,
        "\(failover.fault.title): a later outage lasted \(Wording.milliseconds(length)), at most "
          + "\(limit.text) is allowed",
        length - limit, Window(outage.start, end), [outage.first, outage.last])
    }
  }

  /// A service that was good again only once somebody took the fault away did not fail over.
  private mutating func judgeCure(_ failover: Failover) {
    guard checker.mustRecoverAlone, let held = failover.held, let healed = failover.fault.healed
    else { return }
    guard held > checker.patience else { return doubtHaste(failover, held, healed) }
    guard let cure = failover.cure else { return doubtCure(failover, healed) }
    let sentence =
      "\(failover.fault.title): the service recovered only because the fault was healed: good again "
      + "\(Wording.milliseconds(healed.duration(to: cure))) after the heal; the fault was "
      + "held for \(Wording.milliseconds(held)), and the service had \(checker.patience.text)"
    exceeded(
      "recovered only by the heal", sentence, held - checker.patience,
      Window(failover.fault.injected, healed), failover.shown)
  }

  /// Where a fault is taken away before the service's time is up, its end may be all that cured it.
  private mutating func doubtHaste(_ failover: Failover, _ held: Duration, _ healed: Instant) {
    guard held > checker.sustained, let first = failover.outages.first, first.start < healed,
      let cure = failover.cure
    else { return }
    judgement.doubt(
      "\(failover.fault.title): good again \(Wording.milliseconds(healed.duration(to: cure))) after the "
        + "heal, not before: the fault was held for \(Wording.milliseconds(held)), and the service "
        + "had \(checker.patience.text), so whether it recovers by itself was not seen; hold the "
        + "fault for longer, or say 'recovers-alone: false'.")
  }

  /// A service that is good again shortly before the heal may have recovered, or be bad again soon:
  /// nobody saw it long enough.
  private mutating func doubtCure(_ failover: Failover, _ healed: Instant) {
    guard let end = failover.outages.last?.end,
      failover.fault.injected.advanced(by: checker.patience) < end,
      end.advanced(by: checker.sustained) > healed
    else { return }
    judgement.doubt(
      "\(failover.fault.title): operations were good for only "
        + "\(Wording.milliseconds(end.duration(to: healed))) before the fault was healed, "
        + "\(checker.sustained.text) are needed to say that the service recovered by itself.")
  }

  /// The service must come back, and be watched long enough to say that it did.
  private mutating func judgeEnd(_ failover: Failover) {
    guard let outage = failover.outages.last else { return }
    guard outage.end == nil else {
      if outage.quiet < checker.sustained {
        judgement.doubt(
          "\(failover.fault.title): operations were good for only "
            + "\(Wording.milliseconds(outage.quiet)) before the next fault or the end, "
            + "\(checker.sustained.text) are needed.")
      }
      return
    }
    let isLast = timeline.horizon(failover.fault).end == timeline.judged.end
    if isLast && watched(failover.fault) >= checker.sustained {
      // Where an answer is bounded and never came, that has been said.
      let isBounded =
        checker.bounds[.sustainedGood] != nil
        || checker.bounds[.firstGood] != nil && outage.firstGood == nil
      guard failover.outages.count > 1 || !isBounded else { return }
      judgement.violated(
        "never recovered", "\(failover.fault.title): the service never recovered",
        [outage.first, outage.last])
    } else {
      judgement.doubt(
        "\(failover.fault.title): the service had not recovered when the next fault or the end "
          + "came.")
    }
  }

  private mutating func judgeAfterHeal(_ failover: Failover) {
    guard let limit = checker.afterHeal else { return }
    for outage in failover.afterHeal {
      guard let end = outage.end else {
        judgement.doubt("\(failover.fault.title): an outage after the heal never ended.")
        continue
      }
      let length = outage.start.duration(to: end)
      guard length > limit else { continue }
      exceeded(
        "after-heal",
        "\(failover.fault.title): an outage of \(Wording.milliseconds(length)) began after the "
          + "heal, at most \(limit.text) is allowed",
        length - limit, Window(outage.start, end), [outage.first, outage.last])
    }
  }
}

extension Failover {
  /// The first and the last bad operation of the first outage.
  fileprivate var shown: [Int] {
    outages.first.map { $0.first == $0.last ? [$0.first] : [$0.first, $0.last] } ?? []
  }
}
