/// How far a clock runs from the true one: an offset at one moment, and what it gains from there on.
public struct ClockShift: Hashable, Sendable {
  /// How far ahead it is at `since`; negative where it is behind.
  public var offset: Duration
  /// What it gains each second, in billionths of a second (parts per billion); negative where it
  /// loses.
  public var rate: Int64
  /// A moment of true time, in nanoseconds since 1970.
  public var since: Int64

  /// Neither ahead nor behind, and as fast as it should be.
  public static let none = ClockShift(offset: .zero, rate: 0, since: 0)

  /// The caller promises a rate of at least -1,000,000,000: a clock that does not run backwards.
  public init(offset: Duration, rate: Int64 = 0, since: Int64) {
    self.offset = offset
    self.rate = rate
    self.since = since
  }

  /// How far ahead it is at a moment of true time, in nanoseconds since 1970.
  public func ahead(at moment: Int64) -> Duration {
    let gained = Double(moment - since) * Double(rate) / 1e9
    return offset + .nanoseconds(Int64(gained.rounded()))
  }

  /// Several movements of one clock at once, told from one moment on.
  public static func sum(of shifts: [ClockShift], at moment: Int64) -> ClockShift {
    let offset = shifts.reduce(Duration.zero) { $0 + $1.ahead(at: moment) }
    return ClockShift(offset: offset, rate: shifts.reduce(0) { $0 + $1.rate }, since: moment)
  }
}
