import Basics
import Glibc
import Linux

/// Runs trials, each as a process of its own.
struct TrialProcess: Sendable {
  /// The program `faultline`.
  let program: String
  /// Where its runs, and what it prints, are kept.
  let folder: String
  /// `KEY=VALUE`, besides the environment of this process.
  var environment: [String] = []
  let underWay: ChildPrograms

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
    guard
      let code = underWay.run(
        Self.bounds + [program] + arguments, output: output, complaints: complaints,
        variables: environment)
    else { return ("", 127) }
    let text = (try? Files.read(output)) ?? ""
    if text.isEmpty { return ((try? Files.read(complaints)) ?? "", code) }
    unlink(complaints)
    return (text, code)
  }

  private static func lastLine(of text: String) -> String {
    text.split(separator: "\n").last.map(String.init) ?? "it printed nothing"
  }
}
