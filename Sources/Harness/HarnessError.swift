import Basics

/// Why the harness could not do its work: a sentence a person can act on.
public enum HarnessError: Error {
  case noUser(String, String)
  /// A server did not become ready in time; the tail of its log says why.
  case neverReady(instance: String, reason: String, within: Duration, log: String, tail: [String])
  case diedBeforeReady(instance: String, exit: String, log: String, tail: [String])
  case noSteadyState(holds: Duration, within: Duration, [String])
  /// What clients need before any operation could not be made.
  case notPrepared(service: String, String)
  case prepareFailed(instance: String, command: String, said: [String])
  /// The reports folder takes no more.
  case cannotWrite(String)
  case interrupted
  case other(String)
}

extension HarnessError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noUser(let user, let instance):
      "\(instance) runs as user \(user), which this machine does not have; install its package"
    case .neverReady(let instance, let reason, let limit, let log, let tail):
      "\(instance) was not ready within \(limit.text): \(reason); its log is \(log)"
        + Self.quoted(tail)
    case .diedBeforeReady(let instance, let exit, let log, let tail):
      "\(instance) \(exit) before it was ready; its log is \(log)" + Self.quoted(tail)
    case .prepareFailed(let instance, let command, let said):
      "preparing \(instance) failed: \(command)" + Self.quoted(said)
    case .notPrepared(let service, let reason):
      "the service '\(service)' could not be prepared for its clients, so nothing was broken: \(reason)"
    case .noSteadyState(let holds, let limit, let complaints):
      "no \(holds.text) without an error within \(limit.text), so nothing was broken"
        + Self.quoted(complaints)
    case .cannotWrite(let reason): "the run's folder takes no more: \(reason)"
    case .interrupted: "interrupted"
    case .other(let message): message
    }
  }

  private static func quoted(_ lines: [String]) -> String {
    lines.isEmpty ? "" : ":\n" + lines.map { "    " + $0 }.joined(separator: "\n")
  }
}
