public import Basics
internal import Histories
internal import Links

/// Holds every packet between nodes for a while.
///
/// Confirmed by the time that probes each way really took, and by the fabric having held no packet
/// for less than delay minus jitter.
public struct Delay: PathFault {
  public static let name = "delay"
  public static let summary = "Holds every packet between two groups of nodes for a while."
  public static let schema = Schema.ofPath([
    .init("delay", .duration, "How long, one way.", isRequired: true),
    .init("jitter", .duration, "Evenly spread, this much more or less.", default: "0s"),
  ])
  public static let aim = Aim.path
  public static let mustLast = true

  /// How long each packet is held, one way; above zero.
  public let delay: Duration
  /// Holds lie evenly between `delay - jitter` and `delay + jitter`, but a packet that would
  /// overtake another leaves together with it; never above `delay`.
  public let jitter: Duration

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    delay = settings.duration("delay") ?? .zero
    jitter = settings.duration("jitter") ?? .zero
    guard delay > .zero else { throw FaultSettingsError("delay", "the delay must not be zero") }
    guard jitter <= delay else {
      throw FaultSettingsError("jitter", "the jitter must not exceed the delay")
    }
  }

  var effect: String {
    "delay \(delay.text)" + (jitter > .zero ? " ± \(jitter.text)" : "")
  }

  /// A probe is stamped once it has been sent, so its way looks a little shorter than it was.
  private var least: Duration { delay - jitter - min(.milliseconds(1), (delay - jitter) / 4) }

  var impairment: Impairment { .delay(delay, jitter: jitter) }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    let times = ways.compactMap(\.typical)
    guard let least = times.min(), let most = times.max() else { return [] }
    let range = least == most ? least.text : "\(least.text) to \(most.text)"
    return [
      FaultMeasure(
        "one way, with the links", requested: String(effect.dropFirst("delay ".count)),
        measured: "\(range) at the median of each")
    ]
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways {
      guard let typical = way.typical else {
        return .notYet("no probe \(way.words) has arrived yet")
      }
      guard typical >= least else {
        return .no("probes \(way.words) took \(typical.text) only")
      }
    }
    if let held = traffic.shortestHold, held < least {
      return .no("the fabric held a packet for \(held.text) only")
    }
    let shortest = ways.compactMap(\.typical).min() ?? .zero
    return .yes("probes on each of \(ways.count) ways took \(shortest.text) and more")
  }
}
