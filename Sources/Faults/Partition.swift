public import Basics

/// A black hole between nodes, two-way or one-way; carriers stay up, so nobody is told.
///
/// Confirmed by the fabric having dropped packets of that pair and passed none.
public struct Partition: PathFault {
  public static let name = "partition"
  public static let summary = "Drops every packet between two groups of nodes, unseen by them."
  public static let schema = Schema.empty
  public static let aim = Aim.path
  public static let mustLast = true

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  var effect: Policy.Effect { .cut }

  func judge(_ traffic: PolicyTraffic) -> Confirmation {
    traffic.passed > 0
      ? .notYet("the fabric let \(traffic.passed) packets pass")
      : .yes("the fabric dropped packets that way and let none pass")
  }
}
