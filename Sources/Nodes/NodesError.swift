public import Basics
public import Linux

/// Why something about nodes or their processes did not work.
public enum NodesError: Error, Sendable {
  /// The machine said no.
  case system(Errno)
  /// The program could not be started; `stage` is what was being done.
  case cannotStart(program: String, stage: String, reason: String)
  case noSuchProgram(String, path: String)
  case noSuchUser(String, group: String?)
  case notRunning(InstanceID)
  case alreadyRunning(InstanceID)
  case nodeIsPaused(NodeID)
  /// The node's first process ended, and all of the node with it.
  case nodeIsLost(NodeID, Exit)
  /// An act was done but its effect did not show in time.
  case notConfirmed(String)
  case namespacesRefused(Errno)
  /// The other end of a control socket broke its rules or went away.
  case control(String)
}

extension NodesError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .cannotStart(let program, let stage, let reason):
      "cannot start \(program): \(stage): \(reason)"
    case .noSuchProgram(let name, let path): "no program \(name) in \(path)"
    case .noSuchUser(let user, let group):
      "no user \(user)" + (group.map { " with group \($0)" } ?? "") + " on this machine"
    case .notRunning(let instance): "\(instance) is not running"
    case .alreadyRunning(let instance): "\(instance) is running already"
    case .nodeIsPaused(let node): "node \(node) is paused: nothing can be started on it"
    case .nodeIsLost(let node, let exit):
      "node \(node) is lost: its first process \(exit), which kills everything on it; something on "
        + "this machine did that, for the run does not"
    case .notConfirmed(let what): "not confirmed: \(what)"
    case .namespacesRefused(let error):
      "namespaces were refused (\(error)): run as root; `doctor` shows what is missing"
    case .control(let what): "control socket: \(what)"
    }
  }
}

/// Runs a call of the `Linux` module and wraps its error.
@discardableResult
func system<Result: ~Copyable>(
  _ body: () throws(Errno) -> Result
) throws(NodesError) -> Result {
  do throws(Errno) { return try body() } catch { throw .system(error) }
}
