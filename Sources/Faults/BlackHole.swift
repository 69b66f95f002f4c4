public import Basics
internal import Links

/// Large packets between nodes vanish, and nobody is told: a tunnel on the way whose MTU is lower, and a firewall that
/// drops the ICMP messages which would say so.
///
/// Connections are made and small requests answered, and whatever is large hangs. Confirmed by small probes that arrive
/// and ones of one byte too many that do not, though they did before.
public struct BlackHole: PathFault {
  public static let name = "mtu-black-hole"
  public static let summary =
    "Drops large packets between two groups of nodes, without an ICMP message."
  public static let schema = Schema.ofPath([
    .init(
      "mtu", .count(68...1499), "The largest IP packet that passes, in bytes.", default: "1400")
  ])
  public static let aim = Aim.path
  public static let mustLast = true

  /// In bytes, the Ethernet header aside.
  public let mtu: Int

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    mtu = settings.integer("mtu") ?? 1400
  }

  var effect: String { "black hole behind an MTU of \(mtu)" }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.largestPacket = mtu
    return impairment
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      guard way.arrived > 0 else { return .notYet("no small probe \(way.words) has arrived yet") }
      guard let large = way.largeArrived else {
        return .notYet("no large probe \(way.words) has been sent yet")
      }
      if large > 0 { return .notYet("a large probe passed \(way.words)") }
    }
    return .yes(
      "small probes pass each of \(ways.count) ways, and none that is larger; the fabric dropped "
        + "\(traffic.tooLarge) packets for their size")
  }
}
