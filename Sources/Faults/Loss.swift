public import Basics
internal import Links

/// Loses a share of the packets between nodes, each by itself.
///
/// Confirmed by at least one packet, or probe, that was lost.
public struct Loss: PathFault {
  public static let name = "loss"
  public static let summary = "Loses a share of the packets between two groups of nodes."
  public static let schema = Schema([
    .init("loss", .ratio, "The share that is lost.", isRequired: true)
  ])
  public static let aim = Aim.path

  /// The chance of each packet to be lost, above 0.
  public let loss: Ratio

  public init(_ settings: Settings) throws(FaultSettingsError) {
    loss = settings.ratio("loss") ?? .none
    guard loss > .none else { throw FaultSettingsError("loss", "the share must not be zero") }
  }

  public var text: String { "lose \(loss)" }

  var impairment: Impairment { .loss(loss) }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    let lost = ways.reduce(0) { $0 + $1.lost }
    let sent = ways.reduce(lost) { $0 + $1.arrived }
    guard traffic.dropped + lost > 0 else {
      return .notYet("none of \(traffic.passed) packets and \(sent) probes was lost")
    }
    return .yes("\(traffic.dropped) packets and \(lost) of \(sent) probes were lost that way")
  }
}
