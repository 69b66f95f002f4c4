public import Basics
internal import Histories
internal import Links

/// Makes copies of a share of the packets between nodes.
///
/// Confirmed by a probe that arrived twice, or by the fabric's count of copies.
public struct Duplicate: PathFault {
  public static let name = "duplicate"
  public static let summary = "Delivers a share of the packets between two groups of nodes twice."
  public static let schema = Schema.ofPath([
    .init(
      "share", .ratio, "The share that arrives twice.", isRequired: true,
      samples: ["20%", "50%"])
  ])
  public static let aim = Aim.path

  /// The chance of each packet to be copied, above 0.
  public let share: Ratio

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    share = try settings.share("share")
  }

  var effect: String { "duplicate \(share)" }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.duplication = share
    return impairment
  }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    let seen = FaultMeasure.share(
      "duplicated", share, traffic.duplicated, of: traffic.passed - traffic.duplicated)
    return [seen].compactMap(\.self)
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    let copies = ways.reduce(0) { $0 + $1.copies }
    guard traffic.duplicated + copies > 0 else {
      return .notYet("none of \(traffic.passed) packets, and no probe, has been copied yet")
    }
    return .yes("\(traffic.duplicated) packets were copied, and \(copies) probes arrived twice")
  }
}
