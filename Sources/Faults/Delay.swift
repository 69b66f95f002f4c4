public import Basics
internal import Histories
public import Links

/// Holds every packet between nodes for a while.
///
/// Packets keep their order, whatever the jitter: one that would overtake another leaves together with it, so where
/// packets follow each other closely, holds lie higher than was asked for. (`reorder` is a fault of its own.)
/// Confirmed by the time that probes each way really took, beside the distribution asked for, and by the fabric
/// having held no packet for less than the least.
public struct Delay: PathFault {
  public static let name = "delay"
  public static let summary = "Holds every packet between two groups of nodes for a while."
  public static let schema = Schema.ofPath([
    .init("delay", .duration, "How long, one way.", isRequired: true, example: "200ms"),
    .init("jitter", .duration, "The scale of what is held more or less.", default: "0s"),
    .init(
      "distribution", .choice(DelayDistribution.allCases.map(\.rawValue)),
      "`uniform` spreads evenly, up to the jitter; `normal` has it as standard deviation, `pareto` a long tail to "
        + "four of it, both as netem defines them.",
      default: "uniform"),
    .init(
      "correlation", .ratio,
      "How much of a packet's deviation the next one has: at 0% each is drawn by itself; below 100%.",
      default: "0%"),
  ])
  public static let aim = Aim.path
  public static let mustLast = true
  public static let confirmation =
    "By the time that probes of the harness' own take one way, beside the distribution that was asked for, and by the "
    + "switch having held no packet for less than the least of it; it must still hold when it is healed."

  /// How long each packet is held, one way; above zero.
  public let delay: Duration
  /// The scale of the distribution; never above `delay`.
  public let jitter: Duration
  /// How holds lie around `delay`; none is below zero.
  public let distribution: DelayDistribution
  /// How alike successive holds are, below 1.
  public let correlation: Ratio

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    delay = settings.duration("delay") ?? .zero
    jitter = settings.duration("jitter") ?? .zero
    distribution = settings.text("distribution").flatMap(DelayDistribution.init) ?? .uniform
    correlation = settings.ratio("correlation") ?? .none
    guard delay > .zero else { throw FaultSettingsError("delay", "the delay must not be zero") }
    guard jitter <= delay else {
      throw FaultSettingsError("jitter", "the jitter must not exceed the delay")
    }
    guard correlation < .all else {
      throw FaultSettingsError("correlation", "a correlation below 100% is expected here")
    }
    for key in ["distribution", "correlation"] where settings[key] != nil && jitter == .zero {
      throw FaultSettingsError(key, "it says how jitter is drawn, and there is none")
    }
  }

  var effect: String {
    guard jitter > .zero else { return "delay \(delay.text)" }
    let shape = distribution == .uniform ? "" : " \(distribution.rawValue)"
    let likeness = correlation > .none ? ", \(correlation) alike" : ""
    return "delay \(delay.text) ± \(jitter.text)\(shape)\(likeness)"
  }

  var impairment: Impairment {
    var impairment = Impairment.delay(delay, jitter: jitter)
    impairment.distribution = distribution
    impairment.correlation = correlation
    return impairment
  }

  /// Below so many probes a quantile says nothing.
  private static let enough = 20

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    let before = Self.range(ways.compactMap(\.before)).map { ", \($0) before" } ?? ""
    let shares: [(String, Double, (ProbedWay) -> Duration?)] = [
      ("a tenth", 0.1, \.low), ("half", 0.5, \.typical), ("nine tenths", 0.9, \.high),
    ]
    return shares.compactMap { words, share, time in
      guard share == 0.5 || jitter > .zero, let range = Self.range(ways.compactMap(time)) else {
        return nil
      }
      return FaultMeasure(
        "one way, \(words) of the probes at most", requested: "\(quantile(share).text) more",
        measured: range + (share == 0.5 ? before : ""))
    }
  }

  /// The least and the most of several; nil for none.
  private static func range(_ times: [Duration]) -> String? {
    guard let least = times.min(), let most = times.max() else { return nil }
    return least == most ? least.text : "\(least.text) to \(most.text)"
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      guard let typical = way.typical else {
        return .notYet("no probe \(way.words) has arrived yet")
      }
      guard typical >= shown(least) else {
        return .no("probes \(way.words) took \(typical.text) only")
      }
      // Of independent draws one half and more lie below the lowest tenth once in 100,000 times.
      if way.arrived >= Self.enough, correlation == .none, typical < shown(quantile(0.1)) {
        return .no(
          "half of \(way.arrived) probes \(way.words) took \(typical.text) at most, where nine tenths were to take "
            + "\(quantile(0.1).text) and more")
      }
    }
    if let held = traffic.shortestHold, held < shown(least) {
      return .no("the fabric held a packet for \(held.text) only")
    }
    let shortest = ways.min { ($0.typical ?? .zero) < ($1.typical ?? .zero) }
    return .yes(sentence(ways.count, shortest))
  }

  private func sentence(_ count: Int, _ way: ProbedWay?) -> String {
    guard let way, let typical = way.typical else { return "" }
    let begin = "probes on each of \(count) ways took \(typical.text) and more"
    guard jitter > .zero, let low = way.low, let high = way.high else { return begin }
    let asked = [0.1, 0.5, 0.9].map { quantile($0).text }.joined(separator: ", ")
    let before = way.before.map { ", \($0.text) before it" } ?? ""
    return
      "probes on each of \(count) ways: a tenth, half and nine tenths of \(way.arrived) \(way.words) took at most "
      + "\([low, typical, high].map(\.text).joined(separator: ", "))\(before); asked for: \(asked)"
  }

  /// The shortest hold there may be.
  private var least: Duration { quantile(0) }

  /// The hold that a share of all packets does not exceed.
  private func quantile(_ share: Double) -> Duration {
    guard jitter > .zero else { return delay }
    let deviation = distribution.deviation(at: share) * Double(jitter.nanoseconds)
    return max(.zero, delay + .nanoseconds(Int64(deviation)))
  }

  /// A probe is stamped once it has been sent, so its way looks a little shorter than it was.
  private func shown(_ hold: Duration) -> Duration { hold - min(.milliseconds(1), hold / 4) }
}
