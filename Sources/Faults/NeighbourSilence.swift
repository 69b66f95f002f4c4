public import Basics
internal import Links
internal import Stacks

/// Nobody answers who has an address: ARP, and neighbour discovery of IPv6, vanish between nodes, and all else
/// passes. A switch does it whose filters go wrong, or a firewall that nobody told about ARP.
///
/// Nodes that know each other go on until their entries expire (some half a minute on Linux), so by default they
/// forget each other when it begins. Confirmed by ARP frames that passed each way before and do not while it lasts.
public struct NeighbourSilence: PathFault {
  public static let name = "neighbour-silence"
  public static let summary =
    "Drops ARP and IPv6 neighbour discovery between two groups of nodes, and nothing else."
  public static let schema = Schema([
    .init(
      "forget", .flag,
      "Whether the nodes forget each other when it begins; else they go on until their entries expire.",
      default: "true")
  ])
  public static let aim = Aim.path
  public static let mustLast = true
  public static let confirmation =
    "By ARP frames of the harness' own, which passed each way before and do not arrive now; "
    + "it must still hold when it is healed."

  /// Whether the nodes forget each other when it begins.
  public let forgets: Bool

  public init(_ settings: Settings) throws(FaultSettingsError) {
    forgets = settings.flag("forget") ?? true
  }

  var kind: PacketKind? { PacketKind(.neighbours) }

  public var text: String { "silence \(PacketKind(.neighbours))" }

  var impairment: Impairment { .cut }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try impair(cluster, targets)
    guard forgets, case .path(let from, let to, _) = targets.kind else { return }
    // Who hears no answers is who asks: with a cut one way only, both do.
    var attempts = Attempts()
    for (nodes, others) in [(from, to), (to, from)] {
      for node in nodes {
        attempts.attempt { () throws(FaultError) in
          try cluster.forgetNeighbours(Set(others), of: node)
        }
      }
    }
    try attempts.finish()
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      if way.arrived > 0 { return .no("an ARP frame passed \(way.words)") }
      if way.lost == 0 { return .notYet("no ARP frame \(way.words) has been lost yet") }
    }
    return .yes(
      "ARP passed each of \(ways.count) ways before, and does not any more; the fabric dropped "
        + "\(traffic.dropped) packets of it")
  }
}
