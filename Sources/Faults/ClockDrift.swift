public import Basics

/// Lets the clock of servers run too fast or too slow, as a bad oscillator does.
public struct ClockDrift: ClockFault {
  public static let name = "clock-drift"
  public static let summary = "Lets the clock of a component's processes run too fast or too slow."
  public static let schema = Schema([
    .init(
      "rate", .text,
      "How much it gains: 10% or 200ppm too fast, -10% too slow; from -90% to 900%. When it is healed "
        + "it jumps to the true time.",
      isRequired: true, samples: ["5%", "-5%", "50%"])
  ])

  /// Parts per billion of true time that it gains; negative where it loses.
  public let rate: Int64

  public init(_ settings: Settings) throws(FaultSettingsError) {
    guard let rate = ClockText.rate(settings.text("rate") ?? ""), rate != 0,
      (-900_000_000...9_000_000_000).contains(rate)
    else {
      throw FaultSettingsError(
        "rate",
        "a rate is expected here that is not zero, such as 10%, -5% or 200ppm, from -90% to 900%"
      )
    }
    self.rate = rate
  }

  public var leastLength: Duration { .seconds(2) }

  public var text: String {
    rate > 0
      ? "let the clock gain \(ClockText.text(ofRate: rate)):"
      : "let the clock lose \(ClockText.text(ofRate: -rate)):"
  }

  public var movement: ClockMovement { .drift(rate) }
}
