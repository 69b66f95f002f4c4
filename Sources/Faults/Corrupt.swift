public import Basics
internal import Histories
internal import Links

/// Flips a bit in a share of the packets between nodes, once their checksums are finished.
///
/// What TCP or UDP carries is found damaged and dropped by the receiving kernel: to a server it looks like loss, to
/// what trusts packets unseen it is worse. Confirmed by a probe that did not arrive whole, or by the fabric's count.
public struct Corrupt: PathFault {
  public static let name = "corrupt"
  public static let summary = "Flips a bit in a share of the packets between two groups of nodes."
  public static let schema = Schema.ofPath([
    .init(
      "share", .ratio, "The share in which one bit is flipped.", isRequired: true,
      samples: ["10%", "30%"])
  ])
  public static let aim = Aim.path

  /// The chance of each packet to be damaged, above 0.
  public let share: Ratio

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    share = try settings.share("share")
  }

  var effect: String { "corrupt \(share)" }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.corruption = share
    return impairment
  }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    let seen = FaultMeasure.share("corrupted", share, traffic.corrupted, of: traffic.passed)
    return [seen].compactMap(\.self)
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    let damaged = ways.reduce(0) { $0 + $1.lost }
    let sent = ways.reduce(damaged) { $0 + $1.arrived }
    guard traffic.corrupted + damaged > 0 else {
      return .notYet("none of \(traffic.passed) packets and \(sent) probes has been damaged yet")
    }
    return .yes(
      "a bit was flipped in \(traffic.corrupted) packets, and \(damaged) of \(sent) probes did not arrive whole"
    )
  }
}
