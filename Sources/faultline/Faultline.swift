import Basics
import Disk
import Glibc
import Harness
import Linux
import Nodes
import YAML

/// The command line: one file per verb.
@main struct Faultline {
  static let verbs: [any Verb.Type] = [
    RunVerb.self, ReplayVerb.self, ShrinkVerb.self, ExploreVerb.self, MatrixVerb.self,
    CampaignVerb.self,
    PlanVerb.self, PredictVerb.self, ListVerb.self,
    ExplainVerb.self, SchemaVerb.self, NewVerb.self, CheckVerb.self, ReportVerb.self,
    ExportVerb.self, DriverVerb.self, UpVerb.self,
    InjectVerb.self, HealVerb.self, HaltVerb.self, StartVerb.self, StopVerb.self, RestartVerb.self,
    PromoteVerb.self, TrafficVerb.self, NoteVerb.self, LogsVerb.self, CaptureVerb.self,
    StepVerb.self, StatusVerb.self, ExecVerb.self, DownVerb.self, SessionVerb.self, DoctorVerb.self,
    CleanVerb.self, VersionVerb.self,
  ]

  static func main() {
    Signals.ignore(SIGPIPE)
    #if CANARY
      if let name = getenv("FAULTLINE_CANARY") { Canary.leftOut = String(cString: name) }
    #endif
    if Array(CommandLine.arguments.dropFirst()) == [DiskProcess.argument] {
      exit(DiskProcess.run())
    }
    exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ words: [String]) -> Int32 {
    do { return try dispatch(words).rawValue } catch let command as CommandExit {
      return command.code
    } catch {
      return complain(error).rawValue
    }
  }

  private static func dispatch(_ words: [String]) throws -> ExitCode {
    guard let word = words.first, !["help", "--help", "-h"].contains(word) else {
      if words.count > 1, let verb = verbs.first(where: { $0.name == words[1] }) {
        return say(verb.help)
      }
      return say(overview)
    }
    guard let verb = verbs.first(where: { $0.name == (word == "--version" ? "version" : word) })
    else {
      let near = Suggestion.nearest(to: word, among: verbs.map { $0.name })
      let hint = near.map { "; did you mean '\($0)'?" } ?? "; see faultline --help"
      return complain("there is no verb '\(word)'\(hint)", .usage)
    }
    let arguments = try Arguments(words.dropFirst(), of: verb)
    return arguments.has("help") ? say(verb.help) : try verb.run(arguments)
  }

  private static func say(_ text: String) -> ExitCode {
    show(text)
    return .valid
  }

  static let overview = """
    Faultline breaks real stacks on purpose and says, with evidence, whether they kept their promises.

    Usage: faultline VERB …

    \(verbs.map { "  " + $0.name + String(repeating: " ", count: 9 - $0.name.count) + $0.summary }.joined(separator: "\n"))

    Exit codes: 0 valid, 1 invalid, 2 usage, 3 harness error, 4 no steady state, 5 nothing ran,
    6 unknown, 7 a capability is missing, 130/143 interrupted.
    More on a verb: faultline VERB --help
    """

  /// One clear sentence on standard error, and the exit code of its cause.
  static func complain(_ message: String, _ code: ExitCode) -> ExitCode {
    standardError("faultline: \(message)\n")
    return code
  }

  /// - Parameter secrets: what the sentence must not say.
  static func complain(_ error: any Error, hiding secrets: Secrets = .none) -> ExitCode {
    switch error {
    case let error as UsageError: complain(error.message, .usage)
    case let problems as Problems:
      complain(problems.description, problems.isOnlyMissing ? .capability : .usage)
    case let spent as BudgetError: complain(spent.message, .unknown)
    case let missing as CapabilityError: complain(missing.message, .capability)
    case NodesError.namespacesRefused: complain("\(error)", .capability)
    default: complain(secrets.mask("\(error)"), .harness)
    }
  }
}

/// This machine cannot do what is asked; the sentence has the remedy.
struct CapabilityError: Error {
  let message: String
}
