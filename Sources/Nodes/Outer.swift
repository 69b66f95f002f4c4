internal import CLinux
internal import Glibc
internal import Linux

/// The process that the user started: it waits, and passes signals on.
enum Outer {
  private static let passed = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// - Parameter descriptors: what the inner process inherits.
  static func run(_ descriptors: [Int32]) throws(NodesError) -> Int32 {
    let users = UserMapping.own()
    let place = CgroupPlace.find()
    let cgroup = place.runPath
    let swept = place.base.map { CgroupPlace.sweep($0) } ?? []
    Signals.block(passed + [SIGCHLD, SIGPIPE])
    // From here on the janitor's pipe ends when both the inner process and this one are gone.
    let watch = try system { () throws(Errno) in try Descriptor.pipe() }
    var janitor: Int32 = 0
    if let cgroup {
      janitor = try system { () throws(Errno) in
        unsafe try Errno.check(cl_janitor(watch.reading.raw, cgroup), "start the janitor")
      }
    }
    let tail = watch.keepWriting()
    let inner = Result { () throws(NodesError) in
      let limits = place.limits + swept + (users.limit.map { [$0] } ?? [])
      return try supervise(
        users, janitorEnd: tail.raw, cgroup: cgroup, limits: limits, handingOver: descriptors)
    }
    _ = consume tail
    if let cgroup { try finish(janitor, cgroup) }
    return try inner.get()
  }

  /// Starts the inner process and stays until it has ended.
  private static func supervise(
    _ users: UserMapping, janitorEnd: Int32, cgroup: String?, limits: [String],
    handingOver descriptors: [Int32]
  ) throws(NodesError) -> Int32 {
    var limits = limits
    var usable = cgroup ?? ""
    if let cgroup, mkdirFails(cgroup, &limits) { usable = "" }
    let lifeline = try system { () throws(Errno) in try Descriptor.pipe() }
    let arrival = Arrival(
      lifeline: lifeline.reading.raw, janitor: janitorEnd, cgroup: usable, limits: limits)
    let pid = try start(
      arrival, users, writing: lifeline.writing.raw, handingOver: descriptors)
    let line = lifeline.keepWriting()
    return try wait(for: pid, lifeline: line)
  }

  private static func mkdirFails(_ path: String, _ limits: inout [String]) -> Bool {
    do throws(Errno) {
      try Files.makeFolder(path)
      return false
    } catch {
      limits.append("no cgroup for this run (\(error)): processes are found by their environment")
      return true
    }
  }

  /// This same program by its own path, which the inner process sees among its own mounts: by the kernel's link it would
  /// be executed from ours, and where our root is not the machine's (chroot) its own path would then lead nowhere.
  private static var program: String {
    let link = "/proc/self/exe"
    guard let path = try? Files.link(link), let own = try? Files.inode(link),
      (try? Files.inode(path)) == own
    else { return link }
    return path
  }

  private static func start(
    _ arrival: Arrival, _ users: UserMapping, writing: Int32, handingOver descriptors: [Int32]
  ) throws(NodesError) -> Int32 {
    // IPC too: a killed database leaves its System V segments behind, and they must go as well.
    let flags = CL_NEWNS | CL_NEWUTS | CL_NEWIPC | CL_NEWPID | CL_NEWNET
    let gate = try system { () throws(Errno) in try Descriptor.pipe() }
    var environment = ProcessText.environment()
    environment.append("\(Isolation.variable)=\(arrival.text)")
    let arguments = CStrings(CommandLine.arguments)
    let variables = CStrings(environment)
    var report: Int32 = -1
    let kept = [arrival.janitor] + descriptors
    let pid: Int32 = unsafe kept.withUnsafeBufferPointer { keep in
      unsafe program.withCString { path in
        var inner = unsafe cl_inner_request()
        unsafe inner.path = unsafe path
        unsafe inner.arguments = unsafe arguments.pointer
        unsafe inner.environment = unsafe variables.pointer
        unsafe inner.flags = UInt(users == .none ? flags : flags | CL_NEWUSER)
        unsafe inner.lifeline = (arrival.lifeline, writing)
        unsafe inner.keep = keep.baseAddress
        unsafe inner.keep_count = kept.count
        unsafe inner.gate = gate.reading.raw
        return unsafe cl_inner_begin(&inner, &report)
      }
    }
    if pid < 0 { throw .namespacesRefused(Errno(-pid, "make namespaces")) }
    do throws(NodesError) {
      try users.map(pid)
      try system { () throws(Errno) in try gate.writing.write([1]) }
    } catch {
      // Nobody opens the gate any more: the process behind it ends.
      var status: Int32 = 0
      kill(pid, SIGKILL)
      _ = unsafe cl_wait(pid, 0, &status)
      throw error
    }
    try system { () throws(Errno) in
      try Errno.check(cl_inner_end(pid, report), "execute this program again")
    }
    return pid
  }

  /// Passes each signal on as one byte: exactly once, although a terminal sends Ctrl-C to both
  /// processes (the inner one, as PID 1, ignores what it gets directly).
  private static func wait(
    for pid: Int32, lifeline: borrowing Descriptor
  ) throws(NodesError) -> Int32 {
    var interrupts = 0
    while true {
      let signal = Signals.wait(for: passed + [SIGCHLD])
      if signal != SIGCHLD {
        interrupts += 1
        if interrupts >= 3 { kill(pid, SIGKILL) }
        // The inner process may be ending; then its code is what counts.
        do { try lifeline.write([UInt8(signal)]) } catch  where error.code == EPIPE {} catch {
          throw .system(error)
        }
      }
      var status: Int32 = 0
      let ended = try system { () throws(Errno) in
        unsafe try Errno.check(cl_wait(pid, WNOHANG, &status), "wait for the inner process")
      }
      if ended == pid { return Exit.Cause(waitStatus: status).code }
    }
  }

  /// Waits for the janitor; does its work where it was killed before it could.
  private static func finish(_ janitor: Int32, _ cgroup: String) throws(NodesError) {
    var status: Int32 = 0
    try system { () throws(Errno) in
      unsafe try Errno.check(cl_wait(janitor, 0, &status), "wait for the janitor")
      unsafe try Errno.check(cl_cgroup_remove(cgroup, 10_000), "remove cgroup \(cgroup)")
    }
  }
}

extension Exit.Cause {
  init(waitStatus: Int32) {
    var signal: Int32 = 0
    let code = unsafe cl_exit_status(waitStatus, &signal)
    self = signal != 0 ? .signal(signal) : .code(code)
  }

  /// As a shell shows it.
  var code: Int32 { Exit(cause: self, at: 0).code }
}
