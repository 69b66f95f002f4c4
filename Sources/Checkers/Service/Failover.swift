import Checking
import Basics
import Histories

/// One fault's failover in its parts; a part that did not happen is nil.
struct Failover {
  let fault: FaultMark
  /// Outages that began while the fault was active.
  let outages: [Outage]
  /// Outages that began after it was healed.
  let afterHeal: [Outage]
  let sightings: Sightings
  let isAnotherActive: Bool

  init(
    _ fault: FaultMark, cause: Int, _ outages: Outages, _ timeline: Timeline,
    _ sightings: Sightings
  ) {
    self.fault = fault
    self.outages = outages.of(cause: cause, afterHeal: false)
    afterHeal = outages.of(cause: cause, afterHeal: true)
    self.sightings = sightings
    isAnotherActive = timeline.causes.contains {
      $0.id != fault.id && $0.injected <= fault.injected && fault.injected < ($0.healed ?? .never)
    }
  }

  /// From the injection to a part; nil when it did not happen.
  func part(_ bound: FailoverTime.Bound) -> Duration? {
    let moment: Instant? =
      switch bound {
      case .firstBad: outages.first?.start
      case .detection: sightings.detected
      case .takeover: sightings.takenOver
      case .firstGood: outages.first?.firstGood
      case .sustainedGood: outages.first?.end
      }
    return moment.map { max(.zero, fault.injected.duration(to: $0)) }
  }

  /// How long the service was out because of the fault, all outages that began under it together;
  /// nil when the last of them never ended.
  var outage: Duration? {
    var total = Duration.zero
    for outage in outages {
      guard let end = outage.end else { return nil }
      total += max(outage.start, fault.injected).duration(to: end)
    }
    return total
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init("fault", .integer(fault.id)), .init("name", .string(fault.name)),
      .init("summary", .string(fault.summary)),
      .init("injected", .milliseconds(Instant.start.duration(to: fault.injected))),
    ]
    for bound in FailoverTime.Bound.allCases {
      members.append(.init(bound.rawValue, .optional(part(bound)) { .milliseconds($0) }))
    }
    members += [
      .init("outage", .optional(outage) { .milliseconds($0) }),
      .init("bad", .integer(outages.reduce(0) { $0 + $1.badCount })),
      .init("windows", windows(outages)),
      .init("badAfterHeal", .integer(afterHeal.reduce(0) { $0 + $1.badCount })),
      .init("windowsAfterHeal", windows(afterHeal)),
      .init("takeovers", sightings.json(from: fault.injected)),
      .init("anotherFaultActive", .bool(isAnotherActive)),
    ]
    return .object(members)
  }

  /// `[start, end]` in milliseconds from the injection; the end is null when there was none.
  private func windows(_ outages: [Outage]) -> JSON {
    .array(
      outages.map { outage in
        [
          .milliseconds(fault.injected.duration(to: outage.start)),
          .optional(outage.end) { .milliseconds(fault.injected.duration(to: $0)) },
        ]
      })
  }

  var sentence: String {
    guard !outages.isEmpty else { return "\(fault.title): no bad operation" }
    let parts = FailoverTime.Bound.allCases.compactMap { bound in
      part(bound).map { "\(bound.rawValue) \(Wording.milliseconds($0))" }
    }
    let bad = Wording.count(outages.reduce(0) { $0 + $1.badCount }, "bad operation")
    return "\(fault.title): \(parts.joined(separator: ", ")), \(bad)"
  }
}

extension FailoverTime {
  /// Holds one failover against the bounds.
  func judge(
    _ failover: Failover, _ timeline: Timeline, _ traffic: Traffic, _ judgement: inout Judgement
  ) {
    for bound in Bound.allCases {
      guard let limit = bounds[bound] else { continue }
      if let part = failover.part(bound), part > limit {
        judgement.violated(
          bound.rawValue,
          "\(failover.fault.title): \(bound.words) came after \(Wording.milliseconds(part)), "
            + "allowed are \(Wording.milliseconds(limit))", failover.shown)
      } else if !failover.outages.isEmpty, failover.part(bound) == nil {
        judgeMissing(bound, limit, failover, timeline, traffic, &judgement)
      }
    }
    judgeLater(failover, &judgement)
    judgeEnd(failover, timeline, traffic, &judgement)
    judgeAfterHeal(failover, &judgement)
  }

  /// A part that never came although operations went bad.
  private func judgeMissing(
    _ bound: Bound, _ limit: Duration, _ failover: Failover, _ timeline: Timeline,
    _ traffic: Traffic, _ judgement: inout Judgement
  ) {
    let watched = watched(failover.fault, timeline, traffic)
    let isAnswer = bound == .firstGood || bound == .sustainedGood
    if isAnswer && watched > limit {
      judgement.violated(
        bound.rawValue,
        "\(failover.fault.title): \(bound.words) never came in \(Wording.milliseconds(watched)), "
          + "allowed are \(Wording.milliseconds(limit))", failover.shown)
    } else {
      judgement.doubt("\(failover.fault.title): \(bound.words) was not observed.")
    }
  }

  /// For how long after the injection operations were still being made.
  private func watched(_ fault: FaultMark, _ timeline: Timeline, _ traffic: Traffic) -> Duration {
    let last = Instant(nanoseconds: traffic.samples.last?.scheduled ?? 0)
    return fault.injected.duration(to: min(timeline.horizon(fault).end, last))
  }

  /// A fault that causes a second outage must not hide it behind a short first one: each later
  /// outage is measured from its own beginning.
  private func judgeLater(_ failover: Failover, _ judgement: inout Judgement) {
    guard let limit = bounds[.sustainedGood] else { return }
    for outage in failover.outages.dropFirst() {
      guard let end = outage.end else { continue }
      let length = outage.start.duration(to: end)
      guard length > limit else { continue }
      judgement.violated(
        Bound.sustainedGood.rawValue,
        "\(failover.fault.title): a later outage lasted \(Wording.milliseconds(length)), allowed "
          + "are \(Wording.milliseconds(limit))", [outage.first, outage.last])
    }
  }

  /// The service must come back, and be watched long enough to say that it did.
  private func judgeEnd(
    _ failover: Failover, _ timeline: Timeline, _ traffic: Traffic, _ judgement: inout Judgement
  ) {
    guard let outage = failover.outages.last else { return }
    guard outage.end == nil else {
      if outage.quiet < sustained {
        judgement.doubt(
          "\(failover.fault.title): operations were good for only "
            + "\(Wording.milliseconds(outage.quiet)) before the next fault or the end, "
            + "\(Wording.milliseconds(sustained)) are needed.")
      }
      return
    }
    let isLast = timeline.horizon(failover.fault).end == timeline.judged.end
    if isLast && watched(failover.fault, timeline, traffic) >= sustained {
      // Where an answer is bounded and never came, that has been said.
      let isBounded = bounds[.sustainedGood] != nil || bounds[.firstGood] != nil
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

  private func judgeAfterHeal(_ failover: Failover, _ judgement: inout Judgement) {
    guard let limit = afterHeal else { return }
    for outage in failover.afterHeal {
      guard let end = outage.end else {
        judgement.doubt("\(failover.fault.title): an outage after the heal never ended.")
        continue
      }
      let length = outage.start.duration(to: end)
      guard length > limit else { continue }
      judgement.violated(
        "after-heal",
        "\(failover.fault.title): an outage of \(Wording.milliseconds(length)) began after the "
          + "heal, allowed are \(Wording.milliseconds(limit))", [outage.first, outage.last])
    }
  }
}

extension Failover {
  /// The first and the last bad operation of the first outage.
  fileprivate var shown: [Int] {
    outages.first.map { $0.first == $0.last ? [$0.first] : [$0.first, $0.last] } ?? []
  }
}
