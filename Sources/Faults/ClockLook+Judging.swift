internal import Basics
internal import Histories

/// What a look at a clock says for and against a movement of it.
extension ClockLook {
  /// How exactly a rate can be told to a process.
  private static let slack = Duration.microseconds(20)
  /// A server may say a time that it read a moment before it was asked.
  private static let cached = Duration.milliseconds(100)

  /// Why the movement is not confirmed by it; nil when it is.
  func missing(of movement: ClockMovement) -> String? {
    guard let wanted else { return "nothing moves its clock" }
    guard let ahead, processes > 0 else { return "it has no process whose clock could be moved" }
    if let first = unmoved.first {
      return unmoved.count == 1 ? first : "\(unmoved.count) processes are not moved; \(first)"
    }
    guard Self.contains(ahead, wanted, within: Self.slack) else {
      return "its processes read \(Self.words(ahead)), and \(Self.signed(wanted)) was asked for"
    }
    if case .drift = movement, wanted <= Self.slack * 2, wanted >= .zero - Self.slack * 2 {
      return "it has drifted by \(wanted.text) only"
    }
    if case .strobe = movement, turns < 2 { return "it has turned \(turns) times only" }
    return contradiction(wanted)
  }

  /// What the server says that cannot be, if its clock is that far ahead. A strobe may turn while it is
  /// asked, so what it says is not held against it.
  private func contradiction(_ wanted: Duration) -> String? {
    guard turns == 0, case .ahead(let said)? = answer else { return nil }
    guard !Self.contains(said, wanted, within: Self.cached) else { return nil }
    return "it says \(Self.words(said)) itself, and \(Self.signed(wanted)) was asked for"
  }

  /// Why it is not healed; nil when it is.
  ///
  /// - Parameter isShared: another fault goes on moving this clock.
  func wrongAfterHealing(isShared: Bool) -> String? {
    guard isShared else {
      if wanted != nil { return "its clock is still moved" }
      if touched > 0 { return "\(touched) of its processes have not got their own clock back" }
      return contradiction(.zero)
    }
    guard let wanted, let ahead else { return nil }
    let isRight = Self.contains(ahead, wanted, within: Self.slack)
    return isRight
      ? nil : "its processes read \(Self.words(ahead)) instead of \(Self.signed(wanted))"
  }

  /// What was asked for beside what was measured.
  var sentence: String {
    let processes = processes == 1 ? "1 process reads" : "\(processes) processes read"
    var parts = [
      "asked \(Self.signed(wanted ?? .zero))",
      "\(processes) \(ahead.map { Self.words($0) } ?? "nothing")",
    ]
    switch answer {
    case .ahead(let said)?: parts.append("it says \(Self.words(said))")
    case .silence(let why)?: parts.append("it said nothing (\(why))")
    case nil: break
    }
    if longestGap > .zero { parts.append("what it executes is caught within \(longestGap.text)") }
    if turns > 0 { parts.append("turned \(turns) times") }
    return parts.joined(separator: ", ")
  }

  /// How far the clock was to be ahead at this moment, beside what its processes read.
  func measure(of instance: InstanceID) -> FaultMeasure? {
    guard let wanted, let ahead else { return nil }
    return FaultMeasure(
      "\(instance) ahead", requested: Self.signed(wanted), measured: Self.words(ahead))
  }

  var healedSentence: String {
    if wanted != nil { return "keeps what another fault does to its clock" }
    guard case .ahead(let said)? = answer else { return "has its own clock again" }
    return "has its own clock again and says \(Self.words(said))"
  }

  private static func contains(
    _ range: ClosedRange<Duration>, _ value: Duration, within slack: Duration
  ) -> Bool {
    range.lowerBound - slack <= value && value <= range.upperBound + slack
  }

  /// One figure where both ends are as good as the same.
  private static func words(_ range: ClosedRange<Duration>) -> String {
    let (least, most) = (signed(range.lowerBound), signed(range.upperBound))
    return least == most ? least : "\(least) to \(most)"
  }

  /// Ahead with a plus, behind with a minus; to the millisecond from a second on.
  static func signed(_ duration: Duration) -> String {
    duration > .zero ? "+\(duration.text)" : duration.text
  }
}
