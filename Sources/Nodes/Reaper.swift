internal import CLinux
internal import Glibc
internal import Linux
internal import Synchronization

/// A process of ours. Its end is known to the reaper first and to everyone through `ended`.
final class Child: Sendable {
  let pid: Int32
  /// Stands for this very process, never for a later one with its number.
  let pidfd: Descriptor
  let ended = Latch<Exit>()
  fileprivate let notice: @Sendable (Child, Exit) -> Void

  init(
    pid: Int32, pidfd: consuming Descriptor, notice: @escaping @Sendable (Child, Exit) -> Void
  ) {
    self.pid = pid
    self.pidfd = pidfd
    self.notice = notice
  }

  /// Sends a signal to the process itself. One that has ended already is fine.
  func send(_ signal: Int32) throws(Errno) {
    let result = cl_pidfd_send_signal(pidfd.raw, signal)
    if result != -ESRCH { try Errno.check(result, "send signal \(signal) to process \(pid)") }
  }
}

/// The one thread that waits for children, so that no status is ever lost to another wait.
///
/// As PID 1 it also takes in the orphans of daemons that forked away; elsewhere it leaves the
/// children of other code in this process alone.
final class Reaper: Sendable {
  private let core: ReaperCore
  private let wakeUp: Descriptor

  init(everyChild: Bool) throws(NodesError) {
    let pipe = try system { () throws(Errno) in try Descriptor.pipe() }
    let asleep = try system { () throws(Errno) in try pipe.reading.duplicate() }
    let core = ReaperCore(wakeUp: asleep)
    self.core = core
    wakeUp = pipe.keepWriting()
    _ = try system { () throws(Errno) in
      try Thread(named: "reaper") { everyChild ? core.reapAll() : core.reapOurs() }
    }
  }

  /// Registers the child that `spawn` starts; `notice` is called on the reaper's thread when it
  /// ends, after `ended` is set, and must not block.
  func start(
    notice: @escaping @Sendable (Child, Exit) -> Void = { _, _ in },
    _ spawn: () throws(NodesError) -> Spawned
  ) throws(NodesError) -> Child {
    core.state.withLock { $0.startsUnderWay += 1 }
    let child: Child
    do throws(NodesError) {
      let spawned = try spawn()
      child = Child(pid: spawned.pid, pidfd: Descriptor(owning: spawned.pidfd), notice: notice)
    } catch {
      core.state.withLock { $0.startEnded() }
      throw error
    }
    core.register(child)
    try system { () throws(Errno) in try wakeUp.write([1]) }
    return child
  }
}

/// A process just started, and the descriptor that stands for it.
struct Spawned {
  let pid: Int32
  let pidfd: Int32
}

private struct ReaperState {
  var children: [Int32: Child] = [:]
  /// Children that ended while a start was under way: one of them may be the one started.
  var unclaimed: [Int32: Exit] = [:]
  var startsUnderWay = 0

  mutating func startEnded() {
    startsUnderWay -= 1
    if startsUnderWay == 0 { unclaimed = [:] }
  }
}

private final class ReaperCore: Sendable {
  let state = Mutex(ReaperState())
  private let wakeUp: Descriptor

  init(wakeUp: consuming Descriptor) { self.wakeUp = wakeUp }

  func register(_ child: Child) {
    let exit = state.withLock { state -> Exit? in
      let exit = state.unclaimed.removeValue(forKey: child.pid)
      if exit == nil { state.children[child.pid] = child }
      state.startEnded()
      return exit
    }
    if let exit { report(child, exit) }
  }

  /// As PID 1: any child, ours or an orphan.
  func reapAll() {
    while true {
      var status: Int32 = 0
      let pid = unsafe cl_wait(-1, 0, &status)
      if pid > 0 {
        note(pid, status)
      } else if !sleepUntilStart() {
        return
      }
    }
  }

  /// Elsewhere: only the children that were registered.
  func reapOurs() {
    while true {
      let children = state.withLock { Array($0.children.values) }
      guard let ready = try? Poll.wait([wakeUp.raw] + children.map { $0.pidfd.raw }) else {
        fatalError("the reaper cannot wait for its children")
      }
      if ready[0] && !sleepUntilStart() { return }
      for (child, isReady) in zip(children, ready.dropFirst()) where isReady {
        var status: Int32 = 0
        if unsafe cl_wait(child.pid, 0, &status) == child.pid { note(child.pid, status) }
      }
    }
  }

  /// False when nobody can start a child any more.
  private func sleepUntilStart() -> Bool {
    guard let bytes = try? wakeUp.read(upTo: 64) else {
      fatalError("the reaper's pipe is broken")
    }
    return !bytes.isEmpty
  }

  private func note(_ pid: Int32, _ status: Int32) {
    let exit = Exit(cause: Exit.Cause(waitStatus: status), at: Monotonic.nanoseconds)
    let child = state.withLock { state -> Child? in
      if let child = state.children.removeValue(forKey: pid) { return child }
      if state.startsUnderWay > 0 { state.unclaimed[pid] = exit }
      return nil
    }
    if let child { report(child, exit) }
  }

  private func report(_ child: Child, _ exit: Exit) {
    child.ended.set(exit)
    child.notice(child, exit)
  }
}
