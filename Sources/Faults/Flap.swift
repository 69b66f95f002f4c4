public import Basics
internal import Links

/// Cuts the way between nodes again and again on a period, as a bad cable or an overloaded router does.
///
/// Confirmed by probes each way that were lost and others that arrived.
public struct Flap: PathFault {
  public static let name = "flap"
  public static let summary = "Cuts and restores the way between two groups of nodes on a period."
  public static let schema = Schema.ofPath([
    .init("period", .duration, "From one cut to the next.", default: "2s"),
    .init("down", .duration, "How long each cut lasts; below the period.", default: "1s"),
  ])
  public static let aim = Aim.path

  /// From one cut to the next.
  public let period: Duration
  /// How long each cut lasts.
  public let down: Duration

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    period = settings.duration("period") ?? .seconds(2)
    down = settings.duration("down") ?? .seconds(1)
    guard down >= .milliseconds(1), down < period else {
      throw FaultSettingsError("down", "a cut lasts from 1ms to less than the period")
    }
  }

  public var leastLength: Duration { period * 2 + .milliseconds(500) }

  var effect: String { "cut for \(down.text) every \(period.text)" }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.flapping = .init(period: period, cut: down)
    return impairment
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      if way.lost == 0 { return .notYet("no probe \(way.words) has been lost yet") }
      if way.arrived == 0 { return .notYet("no probe \(way.words) has arrived yet") }
    }
    let lost = ways.reduce(0) { $0 + $1.lost }
    let arrived = ways.reduce(0) { $0 + $1.arrived }
    return .yes("\(lost) probes were lost and \(arrived) arrived on \(ways.count) ways, by turns")
  }
}
