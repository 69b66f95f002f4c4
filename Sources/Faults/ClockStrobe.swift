public import Basics

/// Sets the clock of servers to and fro, as two time servers that disagree do.
public struct ClockStrobe: ClockFault {
  public static let name = "clock-strobe"
  public static let summary = "Sets the clock of a component's processes to and fro on a period."
  public static let schema = Schema([
    .init(
      "by", .text, "How far: 1h sets it ahead, -30s back, and then right again.", isRequired: true,
      samples: ["1s", "-1s"]),
    .init(
      "period", .duration,
      "From one such jump to the next, at least 20ms; for half of it the clock is right.",
      default: "1s"),
  ])

  /// How far ahead it is set; negative is back.
  public let offset: Duration
  /// From one jump away to the next.
  public let period: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    offset = try ClockText.shift("by", of: settings)
    period = settings.duration("period") ?? .seconds(1)
    guard period >= .milliseconds(20) else {
      throw FaultSettingsError("period", "a period of at least 20ms is expected here")
    }
  }

  public var leastLength: Duration { period * 2 }

  public var text: String {
    "set the clock \(offset > .zero ? "ahead" : "back") by "
      + "\(ClockText.text(of: offset > .zero ? offset : .zero - offset)) and right again every "
      + "\(period.text):"
  }

  public var movement: ClockMovement { .strobe(offset, every: period / 2) }
}
