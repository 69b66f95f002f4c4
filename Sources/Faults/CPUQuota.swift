public import Basics
internal import Histories

/// A server that gets only a share of one processor, as in a container with a CFS quota: in every
/// 100 ms its processes run until they have used it up, and stand still for the rest.
///
/// Confirmed by the processor time that the kernel counted for it, against wall time, and by its
/// having been stopped while it wanted to run: a server that wants no more than it may have is not
/// slowed down by this.
public struct CPUQuota: ResourceFault {
  public static let name = "cpu-quota"
  public static let showsOnDemand = true
  public static let summary =
    "Gives a component's processes together a share of one processor, in periods of 100 ms."
  public static let schema = Schema([
    .init(
      "quota", .ratio,
      "The share of one processor's time that all its processes together may use, from 1% on.",
      default: "20%")
  ])
  public static let aim = Aim.nodesOrInstances
  public static let mustLast = true
  public static let confirmation =
    "By the processor time that the kernel counted, against wall time, and five periods in which it "
    + "had used up its quota and was stopped; it must still hold when it is healed."

  /// Of one processor's time.
  public let quota: Ratio

  public init(_ settings: Settings) throws(FaultSettingsError) {
    quota = settings.ratio("quota") ?? Ratio(0.2)
    guard quota >= Ratio(0.01) else {
      throw FaultSettingsError("quota", "a quota from 1% to 100% is expected here")
    }
  }

  public var leastLength: Duration { .seconds(2) }

  public var text: String { "give \(quota) of a processor to" }

  var squeeze: Squeeze { .cpu(quota: quota) }

  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation {
    guard case .cpu(let use) = reading else { return unfit(subject) }
    guard use.processes > 0 else { return .notYet("\(subject) has no process") }
    let seconds = Decimal.trimmed(use.window.seconds, decimals: 1)
    let found = "\(subject) used \(Self.share(use)) of a processor in \(seconds) s"
    guard use.exhausted >= Self.fewestStops else {
      return .notYet("\(found), and wanted more in \(use.exhausted) periods only")
    }
    // What it had too much in one period, it has less in the next: so the sum stays below this.
    let most = use.window.seconds * quota.value * 1.1 + 0.1
    guard use.used.seconds <= most else { return .notYet("\(found), which is more than may") }
    return .yes("\(found), stopped \(use.exhausted) times while it wanted more")
  }

  func measure(_ reading: SqueezeReading, of subject: Squeezed) -> FaultMeasure? {
    guard case .cpu(let use) = reading else { return nil }
    return FaultMeasure(
      "processor time of \(subject)", requested: "at most \(quota)", measured: Self.share(use))
  }

  private static func share(_ use: SqueezeReading.Processor) -> String {
    Decimal.trimmed(use.used.seconds / max(use.window.seconds, 0.001) * 100, decimals: 1) + "%"
  }

  /// So often it must have been stopped with its quota used up.
  static let fewestStops = 5
}
