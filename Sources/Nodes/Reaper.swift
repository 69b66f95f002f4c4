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
  /// The thread ends when this is closed and no child is left.
  private let end: Descriptor

  init(everyChild: Bool) throws(NodesError) {
    let pipe = try system { () throws(Errno) in try Descriptor.pipe() }
    let ear = try system { () throws(Errno) in try pipe.reading.duplicate().release() }
    let core = try system { () throws(Errno) in
      try ReaperCore(wakeUp: ear, everyChild: everyChild)
    }
    self.core = core
    end = pipe.keepWriting()
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
    if try system({ () throws(Errno) in try core.register(child) }) {
      try system { () throws(Errno) in try end.write([1]) }
    }
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
  /// As PID 1, with no child at all, the thread sleeps until it is woken.
  var isIdle = false

  mutating func startEnded() {
    startsUnderWay -= 1
    if startsUnderWay == 0 { unclaimed = [:] }
  }
}

private final class ReaperCore: Sendable {
  let state = Mutex(ReaperState())
  private let wakeUp: Descriptor
  /// The children that are ours, by pid, and `wakeUp` by 0; nil as PID 1.
  private let watch: Descriptor?

  init(wakeUp raw: Int32, everyChild: Bool) throws(Errno) {
    let wakeUp = Descriptor(owning: raw)
    let watch = everyChild ? nil : Descriptor(owning: try Errno.check(cl_poll_create(), "epoll"))
    if let raw = ReaperCore.raw(watch) {
      try Errno.check(cl_poll_add(raw, wakeUp.raw, 0), "watch a pipe")
    }
    self.wakeUp = wakeUp
    self.watch = watch
  }

  /// True when the thread must be woken for it.
  func register(_ child: Child) throws(Errno) -> Bool {
    let (exit, mustWake) = state.withLock { state -> (Exit?, Bool) in
      let exit = state.unclaimed.removeValue(forKey: child.pid)
      if exit == nil { state.children[child.pid] = child }
      state.startEnded()
      let wasIdle = state.isIdle
      state.isIdle = false
      return (exit, wasIdle)
    }
    if let exit { reportElsewhere(child, exit) }
    if let raw = ReaperCore.raw(watch) {
      try Errno.check(
        cl_poll_add(raw, child.pidfd.raw, UInt32(child.pid)), "watch process \(child.pid)")
    }
    return mustWake
  }

  /// As PID 1: any child, ours or an orphan.
  func reapAll() {
    while true {
      var status: Int32 = 0
      let pid = unsafe cl_wait(-1, 0, &status)
      if pid > 0 {
        note(pid, status)
      } else if !rest() {
        return
      }
    }
  }

  /// With no child to wait for: sleeps until there is one. False when there will be none.
  private func rest() -> Bool {
    let mayIdle = state.withLock { state -> Bool in
      state.isIdle = state.children.isEmpty && state.startsUnderWay == 0
      return state.isIdle
    }
    if mayIdle { return sleepUntilWoken() }
    // A start is under way and its child is about to exist.
    MonotonicClock.sleep(nanoseconds: 50_000)
    return true
  }

  /// Elsewhere: only the children that were registered, to the last of them: a zombie that nobody
  /// waits for would stand in the way of other code in this process that waits for any child.
  func reapOurs() {
    guard let raw = ReaperCore.raw(watch) else { return }
    var isClosed = false
    while !isClosed || state.withLock({ !$0.children.isEmpty }) {
      var number: UInt32 = 0
      let count = unsafe cl_poll_wait(raw, &number, 1, -1)
      guard count >= 0 else { fatalError("the reaper cannot wait for its children") }
      guard count > 0 else { continue }
      guard number != 0 else {
        if !sleepUntilWoken() {
          isClosed = true
          _ = cl_poll_remove(raw, wakeUp.raw)
        }
        continue
      }
      var status: Int32 = 0
      let pid = Int32(number)
      if unsafe cl_wait(pid, 0, &status) == pid { note(pid, status) }
    }
  }

  /// False when nobody can start a child any more.
  private func sleepUntilWoken() -> Bool {
    do throws(Errno) { return try !wakeUp.read(upTo: 64).isEmpty } catch {
      fatalError("the reaper's pipe is broken: \(error)")
    }
  }

  private func note(_ pid: Int32, _ status: Int32) {
    let exit = Exit(cause: Exit.Cause(waitStatus: status), at: MonotonicClock.nanoseconds)
    let child = state.withLock { state -> Child? in
      if let child = state.children.removeValue(forKey: pid) { return child }
      if state.startsUnderWay > 0 { state.unclaimed[pid] = exit }
      return nil
    }
    guard let child else { return }
    if let raw = ReaperCore.raw(watch) { _ = cl_poll_remove(raw, child.pidfd.raw) }
    report(child, exit)
  }

  /// The starter may hold locks that a notice needs: it must not run on the starter's thread.
  private func reportElsewhere(_ child: Child, _ exit: Exit) {
    do throws(Errno) { _ = try Thread(named: "reaper") { self.report(child, exit) } } catch {
      fatalError("an exit cannot be reported: \(error)")
    }
  }

  private func report(_ child: Child, _ exit: Exit) {
    child.ended.set(exit)
    child.notice(child, exit)
  }

  private static func raw(_ descriptor: borrowing Descriptor?) -> Int32? {
    switch descriptor {
    case .some(let descriptor): descriptor.raw
    case .none: nil
    }
  }
}
