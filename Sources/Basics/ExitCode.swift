/// How a command ended, by cause. CI reads nothing else, so it never lies.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// Every invariant held, or exactly the expected ones failed.
  case valid = 0
  /// An invariant was violated.
  case invalid = 1
  /// The command line, a file or a setting is wrong; nothing was started.
  case usage = 2
  /// The harness itself could not do its work.
  case harness = 3
  /// The steady state did not hold, so nothing was broken and nothing judged.
  case steadyState = 4
  /// There was nothing to run.
  case nothingRan = 5
  /// No violation was seen, but not enough was seen either.
  case unknown = 6
  /// This machine lacks something that is needed; `doctor` tells the remedy.
  case capability = 7
  /// It was stopped because its time was up (`--timeout`); what was judged ends there.
  case timedOut = 8
  /// Stopped by SIGINT, as a shell reports it: 128 and the signal's number.
  case interrupted = 130
  /// Stopped by SIGTERM, as a shell reports it: 128 and the signal's number.
  case terminated = 143

  /// The place of a cause among all: a proven violation outranks what merely went wrong, and
  /// only being stopped from outside outranks a violation.
  private var rank: Int {
    switch self {
    case .valid: 0
    case .nothingRan: 1
    case .unknown: 2
    case .capability: 3
    case .steadyState: 4
    case .usage: 5
    case .timedOut: 6
    case .harness: 7
    case .invalid: 8
    case .terminated: 9
    case .interrupted: 10
    }
  }

  /// The worst cause of several; `nothingRan` for none.
  public static func worst(_ codes: some Sequence<ExitCode>) -> ExitCode {
    codes.max { $0.rank < $1.rank } ?? .nothingRan
  }
}
