import Archive
import Basics
import Checkers
import Checking
import Experiments
import Harness
import Histories
import Linux
import Reports
import Verdicts
import YAML

struct CheckVerb: Verb {
  static let name = "check"
  static let summary = "Judge a stored run again, or a history of any known format."
  static let usage = """
    DIR
           faultline check FILE|- --checker NAME [--model NAME] [--initial VALUE] [--set KEY=VALUE]
    """
  static let options: [Option] = [
    Option(name: "checker", value: "NAME", summary: "Which checker; faultline list names them."),
    Option(
      name: "model", value: "NAME", summary: "The sequential or consistency model it must fit."),
    Option(name: "initial", value: "VALUE", summary: "Its first value: --set initial=VALUE."),
    Option(name: "format", value: "NAME", summary: "The file's format, where not recognised."),
    Option(name: "workload", value: "NAME", summary: "Only the operations of one workload."),
    Option(
      name: "budget", value: "10s",
      summary: "The time that reading, and each checker, may take; 30s by default."),
    .memory,
    .set, .json,
  ]
  static let notes = """
    Formats: \(HistoryFormat.allCases.map(\.rawValue).joined(separator: ", ")).
    - is standard input. Files may be compressed (gzip, zstd), and UTF-16 with a byte order mark.
    Exit codes: 0 valid, 1 invalid, 6 unknown, 2 unreadable.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let path = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'check' takes one history: faultline check FILE --checker NAME")
    }
    let budget = try CheckBudget(arguments)
    guard path != "-" || arguments.has("checker") else {
      throw UsageError("'check -' needs a checker: faultline check - --checker NAME")
    }
    guard let name = arguments.value("checker") else {
      return try again(path, budget, arguments)
    }
    guard let type = Catalogue.checker(named: name) else {
      let near = Suggestion.nearest(to: name, among: Catalogue.all.map { $0.name })
      throw UsageError(
        "there is no checker '\(name)'"
          + (near.map { "; did you mean '\($0)'?" } ?? "; faultline list names them"))
    }
    let checker = try make(type, arguments)
    var history = try read(path, budget, arguments)
    if let workload = arguments.value("workload") {
      history = try history.narrowed(to: workload, from: path)
    }
    let start = MonotonicClock.nanoseconds
    let finding = checker.judge(history, within: budget.start())
    let took = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
    say(finding, history, took, isJSON: arguments.has("json"))
    return finding.verdict.exitCode
  }

  private static func make(
    _ type: any Checker.Type, _ arguments: Arguments
  ) throws(UsageError) -> any Checker {
    var texts = try arguments.settings()
    for option in ["model", "initial"] {
      guard let value = arguments.value(option) else { continue }
      // The model of transactions is a consistency model.
      let key = [option, "consistency-" + option].first { type.schema.key(named: $0) != nil }
      guard let key else { throw UsageError("\(type.name) takes no --\(option)") }
      texts.append((key, value))
    }
    do {
      return try type.init(try Settings(texts, of: type.schema))
    } catch let error as SettingTextError {
      throw UsageError("\(type.name): \(error.message)")
    } catch let error as SettingsError {
      throw UsageError("\(type.name): \(error.key): \(error.message)")
    } catch {
      throw UsageError("\(type.name): \(error)")
    }
  }

  private static func read(
    _ path: String, _ budget: CheckBudget, _ arguments: Arguments
  ) throws -> History {
    var format: HistoryFormat?
    if let name = arguments.value("format") {
      format = HistoryFormat(name: name)
      guard format != nil else {
        let known = HistoryFormat.allCases.map(\.rawValue)
        let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
        throw UsageError(
          "there is no format '\(name)'" + (near ?? "; there are " + known.joined(separator: ", ")))
      }
    }
    return try History.stored(at: path, format: format, within: budget)
  }

  private static func say(
    _ finding: Finding, _ history: History, _ took: Duration, isJSON: Bool
  ) {
    if isJSON {
      show(finding.document(history, took: took, peakBytes: Memory.peakBytes).text())
      return
    }
    show("\(finding.verdict.rawValue)  \(finding.checker)  \(finding.summary)")
    for evidence in finding.evidence.prefix(10) { show("  · \(evidence.summary)") }
    if finding.evidence.count > 10 { show("  and \(finding.evidence.count - 10) more") }
    for note in history.notes { show("  note: \(note)") }
  }

  /// The whole of a run judged again by its own plan.
  private static func again(
    _ path: String, _ budget: CheckBudget, _ arguments: Arguments
  ) throws -> ExitCode {
    let plan = try Plan.read(
      try StoredRun.planText(path, remedy: "; to judge a history say --checker NAME"),
      file: RunFolder(path: path).plan)
    let history = try read(path, budget, arguments)
    let isOneOfMany = (try? StoredRun(path))?.document?["repetition"]?.text != nil
    let opinion = Judge(budget: budget.start).judge(
      history, by: plan, isOneOfMany: isOneOfMany)
    if arguments.has("json") {
      show(opinion.json(history).text())
    } else {
      for judgement in opinion.judgements {
        let finding = judgement.finding
        show("\(finding.verdict.rawValue)  \(judgement.name)  \(finding.summary)")
        for evidence in finding.evidence.prefix(3) { show("  · \(evidence.summary)") }
      }
      show(opinion.expectation.sentence)
    }
    return opinion.expectation.verdict.exitCode
  }
}

extension History {
  /// Reads a history that may be anybody's.
  ///
  /// - Throws: why it cannot be read; `BudgetError` once the time is up or the memory full.
  static func stored(
    at path: String, format: HistoryFormat? = nil, within budget: CheckBudget
  ) throws -> History {
    do throws(ArchiveError) {
      return try HistoryFile.read(path, format: format, within: budget.startReading())
    } catch {
      if case .spent = error { throw BudgetError(message: error.description) }
      throw UsageError(error.description)
    }
  }
}

/// The budget was spent before there was anything to say: the answer is unknown.
struct BudgetError: Error {
  let message: String
}

/// What `--budget` and `--memory` came to.
struct CheckBudget {
  private let time: Duration
  private let memoryBytes: Int

  init(_ arguments: Arguments, usual: String = "30s") throws(UsageError) {
    let text = arguments.value("budget") ?? usual
    guard let time = Duration(text: text), time > .zero else {
      throw UsageError("--budget takes a duration such as 10s, not '\(text)'")
    }
    let size = arguments.value("memory") ?? "2G"
    guard let bytes = ByteCount.read(size) else {
      throw UsageError("--memory takes a size such as 500M or 2G, not '\(size)'")
    }
    self.time = time
    memoryBytes = bytes
  }

  /// Begins to count now.
  func start() -> Budget {
    let end = MonotonicClock.nanoseconds + time.nanoseconds
    return Budget(memoryBytes: memoryBytes) { MonotonicClock.nanoseconds >= end }
  }

  /// Begins to count what reading takes: the time from now on, and the memory beyond what is in use now.
  func startReading() -> ReadingBudget {
    let end = MonotonicClock.nanoseconds + time.nanoseconds
    let before = Memory.residentBytes
    let most = memoryBytes
    return ReadingBudget(largestArchive: most) {
      if MonotonicClock.nanoseconds >= end { return .time }
      return Memory.residentBytes - before >= most ? .memory : nil
    }
  }
}

extension Option {
  static let memory = Option(
    name: "memory", value: "2G",
    summary:
      "What reading, and each checker, may grow to, and the largest history.sqlite; 2G by default."
  )
}

extension Verdict {
  var exitCode: ExitCode {
    switch self {
    case .valid: .valid
    case .unknown: .unknown
    case .invalid: .invalid
    }
  }
}
