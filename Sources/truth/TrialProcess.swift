import Basics
import Glibc
import Linux
import Synchronization

/// Runs trials, each as a process of its own.
struct TrialProcess: Sendable {
  /// The program `faultline`.
  let program: String
  /// Where its runs, and what it prints, are kept.
  let folder: String
  /// `KEY=VALUE`, besides the environment of this process.
  var environment: [String] = []
  let underWay: UnderWay

  /// Longer than any trial takes; one that takes longer is interrupted, and killed if it does not heed that (timeout(1)).
  private static let bounds = ["/usr/bin/timeout", "--signal=INT", "--kill-after=25", "150"]

  func run(_ trial: Trial, named name: String) -> Trial.Answer {
    let start = MonotonicClock.nanoseconds
    let (output, code) = run(trial.arguments(reports: folder + "/runs"), named: name)
    var answer =
      (try? JSON(reading: output)).flatMap { Trial.Answer(reading: $0, exitCode: code) }
      ?? Trial.Answer(verdict: "error", exitCode: code, summary: Self.lastLine(of: output))
    answer.lasted = Double(MonotonicClock.nanoseconds - start) / 1e9
    return answer
  }

  /// What it printed, complaints included where there is nothing else, and its exit code.
  func run(_ arguments: [String], named name: String) -> (output: String, exitCode: Int32) {
    let (output, complaints) = (folder + "/\(name).json", folder + "/\(name).err")
    guard !underWay.isOver, let pid = spawn(Self.bounds + [program] + arguments, output, complaints)
    else { return ("", 127) }
    underWay.began(pid)
    let code = wait(for: pid)
    underWay.ended(pid)
    let text = (try? Files.read(output)) ?? ""
    if text.isEmpty { return ((try? Files.read(complaints)) ?? "", code) }
    unlink(complaints)
    return (text, code)
  }

  private func spawn(_ words: [String], _ output: String, _ complaints: String) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The signals that this program waits for are not blocked in that one.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, complaints, flags, 0o600)
    var list = words.map { strdup($0) } + [nil]
    var variables = (environment + Self.inherited).map { strdup($0) } + [nil]
    defer { for text in list + variables { free(text) } }
    var pid: pid_t = 0
    return posix_spawn(&pid, words[0], &actions, &attributes, &list, &variables) == 0 ? pid : nil
  }

  private static var inherited: [String] {
    var (result, place): ([String], Int) = ([], 0)
    while let entry = environ[place] {
      result.append(String(cString: entry))
      place += 1
    }
    return result
  }

  private func wait(for pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  private static func lastLine(of text: String) -> String {
    text.split(separator: "\n").last.map(String.init) ?? "it printed nothing"
  }
}
