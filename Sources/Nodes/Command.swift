public import Basics
public import Linux

/// What to execute, as a value.
public struct Command: Hashable, Sendable {
  /// Where output goes.
  public enum Output: Hashable, Sendable {
    case nowhere
    /// A file of the runner's file system, opened in append mode by the runner.
    case append(String)
    /// A descriptor of the runner, which stays the caller's.
    case descriptor(Int32)
  }

  /// A path, or a name that is looked up in the environment's `PATH`.
  public var executable: String
  /// Without the program's own name.
  public var arguments: [String]
  /// The whole environment, but for the standard `PATH`, `LANG`, `HOME`, `USER`, `LOGNAME`
  /// which are filled in where missing. Nothing is inherited from the runner.
  public var environment: [String: String]
  /// The working folder inside the node; nil is `/`.
  public var folder: String?
  /// The account's name; nil runs as the runner's own user.
  public var user: String?
  /// The primary group's name; nil is the account's own.
  public var group: String?
  /// An account that was looked up already, which counts instead of `user` and `group`.
  public var account: Account?
  /// A descriptor of the runner for standard input; nil reads nothing.
  public var input: Int32?
  /// Its input is a terminal, which becomes its own: signals from keys, job control.
  public var takesTerminal = false
  /// A socket of the runner at which it waits before the program runs, as `cl_spawn` says; nil for none.
  public var gate: Int32?
  /// What of root's power it has, and can get, on a node; nil is all that stays inside the node for
  /// root, and nothing for any other user.
  public var capabilities: CapabilitySet?
  /// Where standard output goes.
  public var output: Output
  /// Where standard error goes; where it is equal to `output`, both share one open file.
  public var errors: Output

  /// Reads nothing, writes nowhere and runs in `/` as the runner's own user, unless it is told
  /// otherwise.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    folder: String? = nil, user: String? = nil, group: String? = nil, input: Int32? = nil,
    output: Output = .nowhere, errors: Output = .nowhere
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
    self.user = user
    self.group = group
    self.input = input
    self.output = output
    self.errors = errors
  }

  /// Output and errors into one log file.
  public func logging(to path: String) -> Command {
    var copy = self
    copy.output = .append(path)
    copy.errors = .append(path)
    return copy
  }

  /// The path of programs when the environment names none.
  public static let standardPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

extension Command: CustomStringConvertible {
  public var description: String { ([executable] + arguments).joined(separator: " ") }
}

/// A command that ran to its end.
public struct Completed: Hashable, Sendable {
  /// How its process ended; by a signal where it was killed for its time being up.
  public let exit: Exit
  /// What it wrote to standard output, up to the limit.
  public let output: [UInt8]
  /// What it wrote to standard error, up to the limit.
  public let errors: [UInt8]
  /// Killed because its time was up.
  public let isTimedOut: Bool
  /// Output past the limit was read and dropped.
  public let isTruncated: Bool

  /// It ended with code 0, and in time.
  public var isSuccess: Bool { exit.cause == .code(0) && !isTimedOut }
  /// Its output as UTF-8; bytes that are none become U+FFFD.
  public var text: String { String(decoding: output, as: UTF8.self) }
  /// Its errors as UTF-8; bytes that are none become U+FFFD.
  public var errorText: String { String(decoding: errors, as: UTF8.self) }
}
