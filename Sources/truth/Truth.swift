import Basics
import Glibc
import Linux
import Synchronization
import YAML

/// Measures how true Faultline's verdicts are: defects that it must find, faults that must be felt, planted
/// histories, and correct stores of which it must say nothing bad.
@main struct Truth {
  static let usage = """
    usage: truth [--table FILE] [--only NAME,…] [--seeds N] [--clean N] [--jobs N] [--reports DIR] [--faultline PROGRAM]
                 [--without defects|effects|clean|histories]… [--canaries]

    --only       only these defects and faults
    --seeds      every N runs of a defect, instead of what the table says
    --clean      so many seeds for each correct store
    --jobs       so many runs at once at most
    --canaries   for a program built with them: each checker and fault that the table needs is left out once, and
                 each time something must be missed
    """

  static func main() {
    if CommandLine.arguments.dropFirst() == ["--help"] { return print(usage) }
    do {
      let options = try TruthOptions(Array(CommandLine.arguments.dropFirst()))
      let survey = try Survey(options)
      exit(options.hasCanaries ? try Canaries(survey).run() : try survey.run())
    } catch let problems as Problems {
      for problem in problems.all { complain("\(problem)") }
    } catch {
      complain("\(error)")
    }
    exit(2)
  }

  private static func complain(_ text: String) {
    let line = "truth: \(text)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, line.utf8.count) }
  }
}
