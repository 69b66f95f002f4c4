import Basics
import Glibc
import Harness
import Linux
import Reports

/// One run of a call in a process of its own, which prints its result.
struct CallProcess {
  /// Takes what it prints until that is read.
  let folder: CallFolder
  /// Tells its files from those of others.
  let name: String

  /// How it ended, and what it said.
  struct Ended {
    let exit: ExitCode
    let document: JSON?
    /// The last of its complaints.
    let said: String

    /// Nil where it said nothing that can be read.
    var outcome: RunOutcome? {
      guard let document, var outcome = RunOutcome(reading: document) else { return nil }
      outcome.exit = exit
      return outcome
    }
  }

  /// Nil where it was not begun.
  func run(_ words: [String], _ programs: ChildPrograms) -> Ended? {
    let (output, complaints) = ("\(folder.path)/run-\(name).json", "\(folder.path)/run-\(name).err")
    defer { for file in [output, complaints] { unlink(file) } }
    let program = (try? Files.link("/proc/self/exe")) ?? "/proc/self/exe"
    let own = Repetition(number: 1, count: 1)
    guard
      let code = programs.run(
        [program] + words, output: output, complaints: complaints, variables: [own.setting])
    else { return nil }
    let text = (try? Files.read(output)) ?? ""
    let said = ((try? Files.read(complaints)) ?? "").split(separator: "\n").last.map(String.init)
    return Ended(
      exit: ExitCode(rawValue: code) ?? .harness, document: try? JSON(reading: text),
      said: said ?? "it ended with code \(code) and said nothing")
  }
}
