public import Basics
public import Links

/// Ends TCP connections between nodes from the middle, as firewalls and load balancers do that have lost their
/// tables: each segment that passes is answered by a reset to either end, and goes no further.
///
/// A connection is reset when something is sent on it. Confirmed by segments of the harness' own, in the stead of
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
    "By TCP segments of the harness' own, which passed before, and in whose stead resets arrive at both ends now; "
    + "it must still hold when it is healed. A connection is reset when something is sent on it."

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
    return .yes(
      "segments on each of \(ways.count) ways are answered by resets at both ends; "
        + "of the stack's own \(traffic.replaced) were")
  }
}
