import Basics
import Checking
import Histories
import Linux
import Reports

extension RunRecord {
  /// A run that could not be judged as planned: which exit code, and why.
  mutating func fail(_ error: any Error) {
    trouble = "\(error)"
    switch error {
    case HarnessError.interrupted: exit = .interrupted
    case HarnessError.noSteadyState, HarnessError.notPrepared: exit = .steadyState
    case HarnessError.noUser: exit = .capability
    default: exit = .harness
    }
  }
}

extension ExitCode {
  init(_ verdict: Verdict) {
    switch verdict {
    case .valid: self = .valid
    case .unknown: self = .unknown
    case .invalid: self = .invalid
    }
  }
}

extension History {
  /// Nothing happened.
  static let empty = HistoryBuilder().finish()
}

extension RunOptions {
  /// What a checker may spend, counted from now.
  func budget(_ clock: RunClock) -> Budget {
    let end = clock.now.advanced(by: checkTime)
    return Budget(memoryBytes: checkMemoryBytes) { clock.now >= end }
  }
}
