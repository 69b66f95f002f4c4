/// What was asked of a fault beside what was measured of it, as people read them.
public struct FaultMeasure: Hashable, Sendable {
  /// What is measured, and of whom where there are several: `one-way delay`.
  public var what: String
  /// What the fault was asked for, with its unit: `50ms ± 10ms`.
  public var requested: String
  /// What was seen of it, with its unit, from outside of what makes it.
  public var measured: String

  /// The caller promises texts that can be shown.
  public init(_ what: String, requested: String, measured: String) {
    self.what = what
    self.requested = requested
    self.measured = measured
  }

  /// As files keep it: the three texts in order.
  public var texts: [String] { [what, requested, measured] }

  /// From three texts; nil where there are more or fewer.
  public init?(texts: [String]) {
    guard texts.count == 3 else { return nil }
    self.init(texts[0], requested: texts[1], measured: texts[2])
  }
}
