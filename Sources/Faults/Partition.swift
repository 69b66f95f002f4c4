public import Basics
internal import Links

/// A black hole between nodes, two-way or one-way; carriers stay up, so nobody is told.
///
/// Confirmed by probes each way that arrived before it and do not arrive while it lasts.
public struct Partition: PathFault {
  public static let name = "partition"
  public static let summary = "Drops every packet between two groups of nodes, unseen by them."
  public static let schema = Schema.ofPath()
  public static let aim = Aim.path
  public static let mustLast = true

  let kind: PacketKind?

  /// Of all packets.
  static let whole = Partition(kind: nil)

  private init(kind: PacketKind?) { self.kind = kind }

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
  }

  var impairment: Impairment { .cut }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      if way.arrived > 0 { return .no("a probe passed \(way.words)") }
      if way.lost == 0 { return .notYet("no probe \(way.words) has been lost yet") }
    }
    return .yes(
      "probes passed each of \(ways.count) ways before, and none since; the fabric dropped "
        + "\(traffic.dropped) packets")
  }
}
