public import Basics

/// Sets the clock of servers ahead or back at once, as a bad time server or an operator does.
public struct ClockJump: ClockFault {
  public static let name = "clock-jump"
  public static let summary = "Sets the clock of a component's processes ahead or back at once."
  public static let schema = Schema([
    .init(
      "by", .text, "How far: 1h sets it ahead, -30s back; when it is healed it jumps back again.",
      isRequired: true, samples: ["2s", "-2s", "30s", "-30s"])
  ])

  /// How far ahead; negative is back.
  public let offset: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    offset = try ClockText.shift("by", of: settings)
  }

  public var text: String {
    offset > .zero
      ? "set the clock ahead by \(ClockText.text(of: offset)):"
      : "set the clock back by \(ClockText.text(of: .zero - offset)):"
  }

  public var movement: ClockMovement { .jump(offset) }
}
