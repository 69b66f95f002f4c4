internal import CLinux
internal import Glibc

/// A program that goes on when the one that started it ends: in a session of its own.
public struct Detached: Sendable {
  private let pid: Int32

  /// Starts a program with this process' environment and working folder.
  public static func start(
    _ path: String, _ arguments: [String], output: Int32, errors: Int32
  ) throws(Errno) -> Detached {
    let nothing = try Descriptor.open("/dev/null", .read)
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var spawn = unsafe cl_spawn_request()
    unsafe spawn.namespaces = (-1, -1, -1, -1)
    unsafe spawn.pids = -1
    unsafe spawn.stdio = (nothing.raw, output, errors)
    unsafe spawn.cgroup = -1
    unsafe spawn.environment = environ
    let pid = unsafe path.withCString { path in
      unsafe words.withUnsafeMutableBufferPointer { words in
        unsafe spawn.path = unsafe path
        unsafe spawn.arguments = words.baseAddress
        return unsafe cl_spawn(&spawn)
      }
    }
    guard pid >= 0 else { throw Errno(-pid, "start \(path)") }
    return Detached(pid: pid)
  }

  /// Waits for its end: its exit code, as a shell shows it.
  public func wait() throws(Errno) -> Int32 {
    var status: Int32 = 0
    _ = unsafe try Errno.check(cl_wait(pid, 0, &status), "wait for process \(pid)")
    var signal: Int32 = 0
    let code = unsafe cl_exit_status(status, &signal)
    return signal == 0 ? code : Int32(128) + signal
  }
}
