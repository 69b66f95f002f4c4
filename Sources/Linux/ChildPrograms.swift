internal import CLinux
internal import Glibc
internal import Synchronization

/// Programs that this one runs to their ends, in process groups of their own. Who ends this one ends them: what tells it to
/// stop is passed on to each once, and to those that begin afterwards.
public final class ChildPrograms: Sendable {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private struct State {
    var running: Set<Int32> = []
    var signal: Int32?
  }

  private let state = Mutex(State())

  /// Call it before any thread is made: from then on the signals that end a program wait for `watch`.
  public init() { Signals.block(Self.signals) }

  /// Whether this program was told to end: nothing more is begun.
  public var isOver: Bool { signal != nil }

  /// The first signal that told this program to end; nil while none has.
  public var signal: Int32? { state.withLock { $0.signal } }

  /// Passes an ending on to all that runs, again each time it comes.
  public func watch() throws(Errno) {
    _ = try Thread(named: "endings") { [self] in
      while true {
        let signal = Signals.wait(for: Self.signals)
        state.withLock { state in
          state.signal = state.signal ?? signal
          // Within the lock, for whoever is out of the set may be reaped.
          for process in state.running { kill(process, signal) }
        }
      }
    }
  }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - words: the path of the program, and what it is told.
  ///   - output: the file that takes what it writes; anew.
  ///   - complaints: the same for its standard error.
  ///   - variables: `KEY=VALUE`, besides the environment of this process.
  /// - Returns: its exit code, 128 and the signal's number where one ended it; nil where it was not begun.
  public func run(
    _ words: [String], output: String, complaints: String, variables: [String] = []
  ) -> Int32? {
    guard !isOver, let pid = spawn(words, output, complaints, variables) else { return nil }
    let late = state.withLock { state in
      state.running.insert(pid)
      return state.signal
    }
    if let late { kill(pid, late) }
    var status: Int32 = 0
    // Until it is out of the set no other process can have its number.
    var info = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
    state.withLock { _ = $0.running.remove(pid) }
    while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  /// In a program that another started by `run`: ends this one, by SIGKILL, as soon as that is gone.
  public static func endWithParent() { _ = cl_die_with_parent() }

  private func spawn(
    _ words: [String], _ output: String, _ complaints: String, _ variables: [String]
  ) -> Int32? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // The signals that this program waits for are not blocked in that one.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let settings = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP)
    unsafe posix_spawnattr_setflags(&attributes, settings)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, complaints, flags, 0o600)
    var list = unsafe words.map { unsafe strdup($0) } + [nil]
    // The first of two settings of a name counts.
    var settingsOfAll = unsafe (variables + Self.inherited).map { unsafe strdup($0) } + [nil]
    defer { unsafe (list + settingsOfAll).forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let code = unsafe posix_spawn(&pid, words[0], &actions, &attributes, &list, &settingsOfAll)
    return code == 0 ? pid : nil
  }

  private static var inherited: [String] {
    var (result, place): ([String], Int) = ([], 0)
    while let entry = unsafe environ[place] {
      result.append(unsafe String(cString: entry))
      place += 1
    }
    return result
  }
}
