public import Basics
internal import Histories
internal import Links

/// Bounds how much passes between nodes, with a queue before it and loss behind that.
///
/// The bound holds for each directed pair of nodes by itself. Confirmed by packets that had to wait or found the
/// queue full, and by no more having passed than may.
public struct Rate: PathFault {
  public static let name = "rate"
  public static let showsOnDemand = true
  public static let summary = "Bounds how much passes between two groups of nodes."
  public static let schema = Schema.ofPath([
    .init(
      "mbit", .number, "Megabits a second of whole Ethernet frames, from 0.01 to 100000.",
      isRequired: true, samples: ["5", "1"]),
    .init(
      "queue", .duration,
      "How much may wait, in time at that rate; never less than 32 KiB. More is dropped.",
      default: "100ms"),
  ])
  public static let aim = Aim.path
  public static let mustLast = true

  /// Bits a second.
  public let bitsPerSecond: Int
  /// How much may wait.
  public let queue: Duration

  let kind: PacketKind?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    kind = try settings.packetKind()
    let mbit = settings.number("mbit") ?? 0
    guard (0.01...100_000).contains(mbit) else {
      throw FaultSettingsError("mbit", "a rate from 0.01 to 100000 is expected here")
    }
    bitsPerSecond = Int(mbit * 1e6)
    queue = settings.duration("queue") ?? .milliseconds(100)
  }

  var effect: String { "rate \(Self.words(Double(bitsPerSecond)))" }

  private static func words(_ bits: Double) -> String {
    Decimal.trimmed(bits / 1e6, decimals: 2) + " Mbit/s"
  }

  var impairment: Impairment {
    var impairment = Impairment()
    impairment.rateBitsPerSecond = bitsPerSecond
    impairment.rateQueue = queue
    return impairment
  }

  func measures(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> [FaultMeasure] {
    guard traffic.length > .zero, !ways.isEmpty else { return [] }
    let measured = Double(traffic.passedBytes * 8) / traffic.length.seconds / Double(ways.count)
    return [
      FaultMeasure(
        "passed on each way", requested: "at most \(Self.words(Double(bitsPerSecond)))",
        measured: Self.words(measured))
    ]
  }

  func judge(_ ways: [ProbedWay], _ traffic: PolicyTraffic) -> Confirmation {
    for way in ways where way.arrived == 0 {
      return .notYet("no probe \(way.words) has arrived yet")
    }
    guard traffic.waited + traffic.queueFull > 0, traffic.length > .zero else {
      return .notYet("no packet has had to wait yet")
    }
    let measured = Double(traffic.passedBytes * 8) / traffic.length.seconds
    // What waits in the kernel's own queues when it is measured counts for a moment that has not come yet.
    guard measured <= Double(bitsPerSecond * ways.count) * 1.1 else {
      return .notYet("\(Self.words(measured)) passed on \(ways.count) ways, which is more than may")
    }
    let hold = traffic.shortestHold.map { ", each packet after \($0.text) at least" } ?? ""
    return .yes(
      "\(Self.words(measured)) passed on \(ways.count) ways\(hold); \(traffic.queueFull) found the queue full"
    )
  }
}
