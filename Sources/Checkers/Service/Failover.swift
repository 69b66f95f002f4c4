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
  let witnesses: Witnesses
  /// The other causes that were active when one of its outages began.
  let alsoActive: [FaultMark]
  let bounds: [FailoverTime.Bound: Duration]
  /// Operations went bad before the fault was injected, for another reason, and had not recovered.
  let wasOutBefore: Bool
  /// What follows from the configuration; nil where nothing does.
  var predicted: ClientPrediction?

  init(
    _ fault: FaultMark, cause: Int, _ outages: Outages, _ timeline: Timeline,
    _ sightings: Sightings, _ witnesses: Witnesses, _ bounds: [FailoverTime.Bound: Duration]
  ) {
    self.fault = fault
    self.outages = outages.of(cause: cause, afterHeal: false)
    afterHeal = outages.of(cause: cause, afterHeal: true)
    self.sightings = sightings
    self.witnesses = witnesses
    self.bounds = bounds
    wasOutBefore = outages.all.contains {
      $0.attribution.cause != cause && $0.start < fault.injected
        && fault.injected < $0.end ?? .never
    }
    let others = Set(self.outages.flatMap(\.attribution.alsoActive))
    alsoActive = others.sorted().map { timeline.causes[$0] }
  }

  /// From the injection to a part; nil when it did not happen.
  func part(_ bound: FailoverTime.Bound) -> Duration? {
    moment(bound).map { max(.zero, fault.injected.duration(to: $0)) }
  }

  private func moment(_ bound: FailoverTime.Bound) -> Instant? {
    switch bound {
    case .firstBad: outages.first?.start
    case .detection: sightings.detected
    case .takeover: sightings.takenOver
    case .firstGood: outages.first?.firstGood
    case .sustainedGood: outages.first?.end
    }
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

  /// How long the fault was held; nil where it was not healed.
  var held: Duration? { fault.healed.map { fault.injected.duration(to: $0) } }

  /// When the service was good again for good, where that was only after the heal.
  var cure: Instant? {
    guard let healed = fault.healed, let last = outages.last?.end, last >= healed else {
      return nil
    }
    return last
  }
}

extension Failover {
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
      .init("bounds", .object(boundMembers)),
      .init("predicted", .optional(predicted) { $0.json }),
      .init("outage", .optional(outage) { .milliseconds($0) }),
      .init("bad", .integer(outages.reduce(0) { $0 + $1.badCount })),
      .init("windows", windows(outages)),
      .init("badAfterHeal", .integer(afterHeal.reduce(0) { $0 + $1.badCount })),
      .init("windowsAfterHeal", windows(afterHeal)),
      .init("curedByHeal", .bool(cure != nil)),
      .init("takeovers", sightings.json(from: fault.injected)),
      .init("noticed", witnesses.json(from: fault.injected)),
      .init("alsoActive", .array(alsoActive.map { .integer($0.id) })),
    ]
    return .object(members)
  }

  private var boundMembers: [JSON.Member] {
    FailoverTime.Bound.allCases.compactMap { bound in
      bounds[bound].map { .init(bound.rawValue, .milliseconds($0)) }
    }
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

  /// Every part measured, each with its bound where there is one.
  var sentence: String {
    guard !outages.isEmpty else {
      return "\(fault.title): " + (wasOutBefore ? "the service was out before" : "no bad operation")
    }
    let parts = FailoverTime.Bound.allCases.compactMap { bound in
      part(bound).map { measured in
        let limit = bounds[bound].map { ", at most \($0.text)" } ?? ""
        return "\(bound.words) \(Wording.milliseconds(measured))\(limit)"
      }
    }
    let bad = Wording.count(outages.reduce(0) { $0 + $1.badCount }, "bad operation")
    let others =
      alsoActive.isEmpty
      ? "" : "; " + alsoActive.map(\.title).joined(separator: " and ") + " was active, too"
    let foretold = predicted.map { "; \($0.sentence)" } ?? ""
    return "\(fault.title): \(parts.joined(separator: "; ")); \(bad)\(others)\(foretold)"
  }
}
