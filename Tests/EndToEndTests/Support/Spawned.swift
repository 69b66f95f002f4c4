import Foundation
import Glibc

/// A program that was started. Foundation's own `Process` keeps a socket and a run loop's source for each, and after many
/// hundreds of them its `run()` writes past its memory; a test run makes more than that.
final class Spawned {
  let processIdentifier: Int32
  private var status: Int32?

  /// Starts it in a folder, with nothing but an empty input and two files, which are there already.
  init(
    _ path: String, _ arguments: [String], in folder: String, environment: [String: String],
    output: URL, errors: URL
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors.path, O_WRONLY, 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      if let file = Int32(name), file > 2 { posix_spawn_file_actions_addclose(&actions, file) }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // A shell goes to the folder and becomes the program.
    let line = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, path] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid: pid_t = 0
    let error = posix_spawn(&pid, line[0], &actions, &attributes, &words, &variables)
    guard error == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: error) ?? .EINVAL)
    }
    processIdentifier = pid
  }

  /// Whether it has not ended.
  var isRunning: Bool {
    if status != nil { return false }
    var word: Int32 = 0
    let answer = waitpid(processIdentifier, &word, WNOHANG)
    if answer == processIdentifier { status = word }
    return answer == 0
  }

  /// Its exit code, or 128 and the signal that ended it; nil while it runs.
  var code: Int32? {
    guard !isRunning, let status else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  deinit {
    // Whoever lets go of it has ended it, or is about to; nobody else would ask for its status.
    if status == nil {
      kill(processIdentifier, SIGKILL)
      var word: Int32 = 0
      waitpid(processIdentifier, &word, 0)
    }
  }
}
