public import Basics

/// Loses a share of the packets between nodes, each by itself.
///
/// Confirmed by the fabric having lost at least one.
public struct Loss: PathFault {
  public static let name = "loss"
  public static let summary = "Loses a share of the packets between two groups of nodes."
  public static let schema = Schema([
    .init("loss", .ratio, "The share that is lost.", isRequired: true)
  ])
  public static let aim = Aim.path

  public let loss: Ratio

  public init(_ settings: Settings) throws(FaultSettingsError) {
    loss = settings.ratio("loss") ?? .none
    guard loss > .none else { throw FaultSettingsError("loss", "the share must not be zero") }
  }

  public var text: String { "lose \(loss)" }

  var effect: Policy.Effect { .loss(loss) }

  func judge(_ traffic: PolicyTraffic) -> Confirmation {
    traffic.dropped > 0
      ? .yes("the fabric lost packets that way")
      : .notYet("none of \(traffic.passed) packets was lost")
  }
}
