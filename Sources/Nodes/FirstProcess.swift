internal import Basics
internal import CLinux
internal import Glibc
internal import Linux

/// The first process of a node's PID namespace, `init` to those inside: whom the node's orphans
/// fall to, who outlives a power cut, and with whose end the kernel ends everything in the node.
///
/// It holds nothing of the runner's, for it executes a program of a few instructions (waiter.c).
/// It does nothing but wait for the end of its lifeline, a pipe that only this process can write
/// to: so it ends when its owner does, however that ends. It is no part of the node's containment,
/// which is killed and frozen without it.
final class FirstProcess: Sendable {
  let child: Child
  private let lifeline: Descriptor
  private let ready: Descriptor

  /// Starts it from the calling thread, in whose mount namespace it mounts the `/proc` of the node.
  /// Nothing may run in the node before `awaitReady` returned.
  ///
  /// - Parameters:
  ///   - root: what will be the root of the node, and of this process.
  ///   - limit: how many processes the node may have at once, where the kernel can bound them.
  ///   - onLoss: it ended although its lifeline did not.
  init(
    in space: RunSpace, root: String, limit: Int, onLoss: @escaping @Sendable (Exit) -> Void
  ) throws(NodesError) {
    let pipe = try system { () throws(Errno) in try Descriptor.pipe() }
    let lifeline = pipe.reading.raw
    var ready: Int32 = -1
    child = try space.reaper.start(
      notice: { _, exit in if exit.cause != .code(0) { onLoss(exit) } },
      { () throws(NodesError) in
        let first = try Self.begin(root, in: space, lifeline: lifeline, limit: limit)
        ready = first.ready
        return first.process
      })
    self.ready = Descriptor(owning: ready)
    self.lifeline = pipe.keepWriting()
  }

  /// Waits until it executes its own program, and no other process may look into it.
  func awaitReady() throws(Errno) {
    if try ready.read(upTo: 1).isEmpty { throw Errno(ECHILD, "start the node's first process") }
  }

  /// How it ended, and with it everything in the node; nil while it lives.
  var end: Exit? { child.ended.current }

  private static func begin(
    _ root: String, in space: RunSpace, lifeline: Int32, limit: Int
  ) throws(NodesError) -> (process: Spawned, ready: Int32) {
    var first = unsafe cl_first_request()
    unsafe first.program = space.firstProgram.raw
    unsafe first.lifeline = lifeline
    unsafe first.cgroup = space.firsts?.folder.raw ?? -1
    unsafe first.processes = Int32(clamping: limit)
    let pid = unsafe root.withCString { path in
      unsafe first.root = unsafe path
      return unsafe cl_first(&first)
    }
    if pid > 0 { return unsafe (Spawned(pid: pid, pidfd: first.pidfd), first.ready) }
    let isBorn = unsafe first.stage == Int32(bitPattern: CL_STAGE_NAMESPACE.rawValue)
    throw .system(Errno(-pid, isBorn ? "mount the node's own /proc" : "make a PID namespace"))
  }
}
