internal import CLinux
public import Linux

/// What a run does first, tried in a process that ends at once and leaves nothing: whoever wants to
/// know whether a run can start asks the kernel, not a list of features.
public enum Rehearsal {
  /// The step that was refused, and what the kernel said.
  public struct Refusal: Error, Sendable {
    /// What a run does first, in the order in which it is tried.
    public enum Step: Sendable { case namespaces, mounts, hostname, tap, first }

    /// The first that was refused; later ones were not tried.
    public let step: Step
    /// The kernel's answer, and what was attempted.
    public let error: Errno
  }

  /// Namespaces as a run has them, a user namespace included where the user is not root; in these its mounts, a host name, a TAP
  /// and the first process of a node.
  public static func run() throws(Refusal) {
    var flags = CL_NEWNS | CL_NEWUTS | CL_NEWIPC | CL_NEWPID | CL_NEWNET
    if UserMapping.own() != .none { flags |= CL_NEWUSER }
    var step: Int32 = 0
    let result = unsafe cl_rehearse(UInt(flags), &step)
    guard result < 0 else { return }
    switch UInt32(step) {
    case CL_REHEARSAL_MOUNTS.rawValue:
      throw Refusal(step: .mounts, error: Errno(-result, "mount in a namespace of its own"))
    case CL_REHEARSAL_HOSTNAME.rawValue:
      throw Refusal(step: .hostname, error: Errno(-result, "set a host name in a namespace"))
    case CL_REHEARSAL_TAP.rawValue:
      throw Refusal(step: .tap, error: Errno(-result, "make a TAP in a network namespace"))
    case CL_REHEARSAL_FIRST.rawValue:
      throw Refusal(step: .first, error: Errno(-result, "start a node's first process from memory"))
    default:
      throw Refusal(
        step: .namespaces,
        error: Errno(-result, "make PID, mount, network, IPC and UTS namespaces"))
    }
  }

  /// What of a node the machine cannot bound: `processes`, `memory`; empty when all can be.
  public static func unbounded() -> [String] {
    let passed = CgroupPlace.find().base.flatMap { try? Files.read($0 + "/cgroup.subtree_control") }
    let words = Set((passed ?? "").split(whereSeparator: \.isWhitespace).map(String.init))
    var missing: [String] = []
    if !words.contains("pids"), cl_bounds_processes() == 0 { missing.append("processes") }
    if !words.contains("memory") { missing.append("memory") }
    return missing
  }

  /// Makes a cgroup as a run does, and removes it.
  ///
  /// - Returns: what does not work, in sentences; empty when all is well.
  public static func cgroup() -> [String] {
    let place = CgroupPlace.find()
    guard let path = place.runPath.map({ $0 + "-rehearsal" }) else { return place.limits }
    do throws(Errno) {
      try Files.makeFolder(path)
      _ = unsafe try Errno.check(cl_cgroup_remove(path, 1000), "remove cgroup \(path)")
      return []
    } catch {
      return [error.description]
    }
  }
}
