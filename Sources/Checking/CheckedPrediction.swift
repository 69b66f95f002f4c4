public import Basics

/// A prediction beside what was measured of it after one fault.
public struct CheckedPrediction: Hashable, Sendable {
  /// How the two stand to each other.
  public enum Standing: String, Hashable, Sendable, CaseIterable {
    /// All of the measured interval is within what was predicted.
    case inside
    /// Part of it is: nobody looked often enough to tell.
    case straddling
    /// Nothing of it is.
    case outside
    /// Nothing of it is, but the harness was held up meanwhile, which could have decided it.
    case stalled
    /// What is waited for was not seen.
    case notSeen = "not-seen"

    /// In a word or two, as tables have it.
    public var words: String {
      switch self {
      case .inside: "inside"
      case .straddling: "may be inside"
      case .outside: "OUTSIDE"
      case .stalled: "harness held up"
      case .notSeen: "not seen"
      }
    }
  }

  /// The number of the fault.
  public var fault: Int
  /// What was predicted.
  public var prediction: Prediction
  /// What is waited for, in words: `10.0.0.100 elsewhere than lb-a`.
  public var what: String
  /// From the fault's effect to what is waited for: the time lies in here. It is as wide as the
  /// observers' looks are apart, and as the fault's own effect took. Nil where it was not seen.
  public var measured: ClosedRange<Duration>?
  /// For how long it was watched from the injection on.
  public var watched: Duration
  /// For how long the harness itself was held up between the fault and what is waited for.
  public var stalled: Duration
  /// Whether it was held up for so much of that time that the servers must have been, too.
  public var isBlurred: Bool

  /// Nothing is checked: whoever makes one has looked at a history.
  public init(
    fault: Int, prediction: Prediction, what: String, measured: ClosedRange<Duration>?,
    watched: Duration, stalled: Duration, isBlurred: Bool
  ) {
    self.fault = fault
    self.prediction = prediction
    self.what = what
    self.measured = measured
    self.watched = watched
    self.stalled = stalled
    self.isBlurred = isBlurred
  }
}

extension CheckedPrediction {
  /// By how much all of the measured interval is outside what was predicted; zero where part of it
  /// is not, nil where nothing was measured.
  public var excess: Duration? {
    guard let measured else { return nil }
    let late = prediction.most.map { measured.lowerBound - $0 } ?? .zero
    return max(late, prediction.least - measured.upperBound, .zero)
  }

  /// Whether the harness' own stalls could have made so long a difference.
  public func isDoubtful(_ difference: Duration) -> Bool { stalled >= difference || isBlurred }

  /// How prediction and measurement stand to each other.
  public var standing: Standing {
    guard let measured, let excess else { return .notSeen }
    if excess > .zero { return isDoubtful(excess) ? .stalled : .outside }
    let isBelow = prediction.most.map { measured.upperBound <= $0 } ?? true
    return measured.lowerBound >= prediction.least && isBelow ? .inside : .straddling
  }

  /// What was measured, in words: `263 to 275 ms`.
  public var measuredText: String {
    guard let measured else {
      return "not seen in \(Wording.milliseconds(watched.rounded))"
    }
    let (from, to) = (measured.lowerBound.rounded, measured.upperBound.rounded)
    guard from != to else { return Wording.milliseconds(from) }
    return "\(Decimal.trimmed(from.milliseconds, decimals: 1)) to \(Wording.milliseconds(to))"
  }

  /// For machines: times in milliseconds.
  public var json: JSON {
    [
      "fault": .integer(fault), "instance": .string(prediction.instance.description),
      "what": .string(what), "least": .milliseconds(prediction.least),
      "most": .optional(prediction.most) { .milliseconds($0) },
      "source": .string(prediction.source),
      "measured": .optional(measured) {
        [.milliseconds($0.lowerBound), .milliseconds($0.upperBound)]
      }, "standing": .string(standing.rawValue), "stalled": .milliseconds(stalled),
    ]
  }
}

extension Duration {
  /// To a tenth of a millisecond from a hundred up, to whole ones; nobody measures finer.
  fileprivate var rounded: Duration {
    .nanoseconds((nanoseconds + 50_000) / 100_000 * 100_000)
  }
}
