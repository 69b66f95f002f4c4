internal import Basics

/// How the time between the events of an incident becomes that between the steps of a method.
public struct IncidentGaps: Hashable, Sendable {
  /// So many seconds of the incident become one; from 1 on.
  public var scale: Double
  /// No gap stays longer; nil: however long.
  public var longest: Duration?

  /// As they were, unless told otherwise.
  public init(scale: Double = 1, longest: Duration? = nil) {
    self.scale = scale
    self.longest = longest
  }

  /// When each event happens, the first at 0; rounded to tenths of a second.
  public func moments(of events: [Duration]) -> [Duration] {
    var now = Duration.zero
    var before = events.first ?? .zero
    return events.map { event in
      let gap = Duration.nanoseconds(Int64(Double((event - before).nanoseconds) / scale))
      now += longest.map { min(gap, $0) } ?? gap
      before = event
      return .milliseconds(Int64((now.milliseconds / 100).rounded()) * 100)
    }
  }

  /// For a person.
  var text: String {
    let scaled =
      scale == 1 ? "as they were" : "\(Decimal.trimmed(scale, decimals: 2)) times shorter"
    return "gaps are \(scaled)" + (longest.map { ", and none is longer than \($0.text)" } ?? "")
  }
}
