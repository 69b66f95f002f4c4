public import Basics
public import Links

/// Ends TCP connections between nodes from the middle, as firewalls and load balancers do that have lost their
/// tables: each segment that passes is answered by a reset to either end, and goes no further.
///
/// An idle connection is reset, too: its end is made to say something. Confirmed by the nodes' own kernels, whose
/// tables have none of the connections any more that were open; and by segments of the harness' own, in the stead of
/// which a reset came to both ends, on every way, and that had passed before.
public struct ResetConnections: PathFault {
  public static let name = "tcp-reset"
  public static let summary =
    "Answers every TCP segment between two groups of nodes with a reset to both ends."
  public static let schema = Schema([
    .init("port", .count(1...65535), "Only connections with this port, on either side."),
    .init(
      "connections", .choice(ResetScope.allCases.map(\.rawValue)),
      "`all` refuses new ones, too; with `established` those that begin meanwhile are left alone.",
      default: "all"),
  ])
  public static let aim = Aim.path
  public static let mustLast = true
  public static let confirmation =
    "By the kernels' tables, in which no connection is left that was open, and by TCP segments of the harness' own, in "
    + "whose stead resets arrive at both ends; it must still hold when it is healed."

  /// Which connections are meant.
  public let scope: ResetScope

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = PacketKind(.tcp, port: settings.integer("port").map { UInt16(clamping: $0) })
    scope = settings.text("connections").flatMap(ResetScope.init) ?? .all
  }

  var effect: String { scope == .all ? "reset" : "reset established connections" }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.forgery = .resets(scope)
    return impairment
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      if way.arrived > 0 { return .no("a TCP segment passed \(way.words)") }
      if way.resets == 0 {
        return .notYet("no segment \(way.words) has been answered by resets yet")
      }
    }
    guard let connections = traffic.connections else {
      return .notYet("nobody has counted connections")
    }
    let open = "\(connections.before) ends of connections that were open"
    guard connections.left == 0 else {
      return .notYet(
        "of \(open) \(connections.left) are still established, by the nodes' own kernels")
    }
    return .yes(
      "the nodes' kernels have none of \(open); segments on each of \(ways.count) ways are answered by resets at "
        + "both ends, \(traffic.replaced) of the stack's own")
  }
}
