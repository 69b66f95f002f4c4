public import Basics
internal import Histories
internal import Links

/// Holds a share of the packets back, so that later ones overtake them.
///
/// Confirmed by a probe that arrived before one that was sent earlier, or by the fabric's count.
public struct Reorder: PathFault {
  public static let name = "reorder"
  public static let summary =
    "Holds a share of the packets between two groups of nodes back, behind later ones."
  public static let schema = Schema.ofPath([
    .init(
      "share", .ratio, "The share that is held back.", isRequired: true,
      samples: ["20%", "50%"]),
    .init("gap", .duration, "For how long.", default: "1ms"),
  ])
  public static let aim = Aim.path

  /// The chance of each packet to be held back, above 0.
  public let share: Ratio
  /// For how long, above zero.
  public let gap: Duration

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    share = try settings.share("share")
    gap = settings.duration("gap") ?? .milliseconds(1)
    guard gap > .zero else { throw FaultSettingsError("gap", "the gap must not be zero") }
  }

  var effect: String { "reorder \(share) by \(gap.text)" }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.reordering = share
    impairment.reorderingGap = gap
    return impairment
  }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    let seen = FaultMeasure.share("held back", share, traffic.reordered, of: traffic.passed)
    return [seen].compactMap(\.self)
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    let overtaking = ways.reduce(0) { $0 + $1.overtaking }
    guard traffic.reordered + overtaking > 0 else {
      return .notYet("none of \(traffic.passed) packets, and no probe, has been held back yet")
    }
    return .yes(
      "\(traffic.reordered) packets were held back, and \(overtaking) probes overtook another")
  }
}
