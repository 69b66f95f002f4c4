public import Basics
internal import Histories
internal import Links

/// Loses a share of the packets between nodes, each by itself or in bursts.
///
/// Confirmed by at least one packet, or probe, that was lost.
public struct Loss: PathFault {
  public static let name = "loss"
  public static let summary = "Loses a share of the packets between two groups of nodes."
  public static let schema = Schema.ofPath([
    .init(
      "loss", .ratio, "The share that is lost.", isRequired: true, samples: ["20%", "50%"]),
    .init(
      "burst", .number, "How many in a row are lost at a time, on average; from 1 to 10000.",
      default: "1"),
  ])
  public static let aim = Aim.path

  /// The chance of each packet to be lost, above 0.
  public let loss: Ratio
  /// The mean length of a burst, in packets.
  public let burst: Double

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    loss = try settings.share("loss")
    burst = settings.number("burst") ?? 1
    guard (1...10_000).contains(burst) else {
      throw FaultSettingsError("burst", "a number of packets from 1 to 10000 is expected here")
    }
  }

  var effect: String { "lose \(loss)" + (burst > 1 ? " in bursts" : "") }

  var impairment: Impairment {
    var impairment = Impairment.loss(loss)
    impairment.lossBurst = burst
    return impairment
  }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    let seen = FaultMeasure.share(
      "lost", loss, traffic.dropped, of: traffic.dropped + traffic.passed)
    return [seen].compactMap(\.self)
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    let lost = ways.reduce(0) { $0 + $1.lost }
    let sent = ways.reduce(lost) { $0 + $1.arrived }
    guard traffic.dropped + lost > 0 else {
      return .notYet("none of \(traffic.passed) packets and \(sent) probes was lost")
    }
    return .yes("\(traffic.dropped) packets and \(lost) of \(sent) probes were lost that way")
  }
}
