internal import CLinux
internal import Glibc
internal import Linux

/// Runs the rest of the program as the first process of PID, mount, network, IPC and UTS namespaces
/// of its own. Whatever it starts, mounts and connects ends with it: the kernel sees to that
/// even if every process of ours is killed.
///
/// Three processes: the *outer* one, which the user started, forwards signals and waits; the
/// *inner* one, PID 1 inside, does the work; the *janitor* holds nothing but a pipe and removes
/// the run's cgroup folders (the one thing that does not die with a process) once both are gone.
public enum Isolation {
  /// Executes this same program again, inside. Call it first thing in `main`, on the main
  /// thread, before any other thread exists; the same call is where the inner process arrives.
  ///
  /// - Parameters:
  ///   - descriptors: what the inner process inherits of the outer one's; it keeps them from those it starts.
  ///   - body: runs inside, and its result is the exit code.
  /// - Returns: in the outer process only, the exit code of the inner one; 128 + n when signal
  ///   n ended it. Signals that the outer one gets go to `RunSpace.onInterrupt`; the third
  ///   one ends the run by SIGKILL.
  public static func run(
    handingOver descriptors: [Int32] = [], _ body: (RunSpace) -> Int32
  ) throws(NodesError) -> Int32 {
    if let arrival = Arrival.take() { exit(body(try RunSpace.arrived(arrival))) }
    return try Outer.run(descriptors)
  }

  /// True in the process that runs the body.
  public static var isInside: Bool { unsafe Arrival.isInside }

  static let variable = "FAULTLINE_INNER"
}

/// What the outer process tells the inner one through the environment.
struct Arrival {
  let lifeline: Int32
  let janitor: Int32
  /// Empty when there is no cgroup2 that we may use.
  let cgroup: String
  let limits: [String]

  nonisolated(unsafe) static var isInside = false

  var text: String {
    ([String(lifeline), String(janitor), cgroup] + limits).joined(separator: "\n")
  }

  static func take() -> Arrival? {
    guard let value = unsafe getenv(Isolation.variable) else { return nil }
    let parts = unsafe String(cString: value).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard getpid() == 1, parts.count >= 3, let lifeline = Int32(parts[0]),
      let janitor = Int32(parts[1])
    else { return nil }
    unsafe unsetenv(Isolation.variable)
    unsafe isInside = true
    return Arrival(
      lifeline: lifeline, janitor: janitor, cgroup: String(parts[2]),
      limits: parts.dropFirst(3).map(String.init))
  }
}
