public import Basics

/// Holds every packet between nodes for a while.
///
/// Confirmed by the time the fabric really held them: none shorter than delay minus jitter.
public struct Delay: PathFault {
  public static let name = "delay"
  public static let summary = "Holds every packet between two groups of nodes for a while."
  public static let schema = Schema([
    .init("delay", .duration, "How long, one way.", isRequired: true),
    .init("jitter", .duration, "Evenly spread, this much more or less.", default: "0s"),
  ])
  public static let aim = Aim.path
  public static let mustLast = true

  public let delay: Duration
  public let jitter: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    delay = settings.duration("delay") ?? .zero
    jitter = settings.duration("jitter") ?? .zero
    guard delay > .zero else { throw FaultSettingsError("delay", "the delay must not be zero") }
    guard jitter <= delay else {
      throw FaultSettingsError("jitter", "the jitter must not exceed the delay")
    }
  }

  public var text: String {
    "delay \(delay.text)" + (jitter > .zero ? " ± \(jitter.text)" : "")
  }

  var effect: Policy.Effect { .delay(delay, jitter: jitter) }

  func judge(_ traffic: PolicyTraffic) -> Confirmation {
    guard traffic.passed > 0, let shortest = traffic.shortestHold else {
      return .notYet("no packet was held and let go yet")
    }
    guard shortest >= delay - jitter else {
      return .notYet("a packet was held for \(shortest.text) only")
    }
    return .yes("the fabric held every packet for at least \((delay - jitter).text)")
  }
}
