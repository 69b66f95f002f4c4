import Basics
import Experiments
import Glibc
import Harness
import Linux
import Reports
import Shrinking
import Stacks
import YAML

/// A search for a smaller experiment on this machine: runs what the search asks for, and keeps what was answered.
final class ShrinkRun {
  private let plan: Plan
  private let stored: StoredRun
  private let signature: FailureSignature
  private let programs: ChildPrograms
  private let arguments: Arguments
  private let folder: String
  private let started = MonotonicClock.nanoseconds
  private let budget: Duration
  /// The longest run so far: none is begun that would hardly end in time.
  private var longest = Duration.zero
  private var number = 0

  /// Makes the folder beside the run's, or goes on with what is in it.
  init(
    plan: Plan, stored: StoredRun, signature: FailureSignature, budget: Duration,
    programs: ChildPrograms, arguments: Arguments
  ) throws {
    self.plan = plan
    self.stored = stored
    self.signature = signature
    self.budget = budget
    self.programs = programs
    self.arguments = arguments
    folder = stored.path + "-shrink"
    try Files.makeFolder(folder, mode: 0o700)
  }

  /// Searches, writes `minimal.yaml`, and says what was found.
  func perform() throws -> ExitCode {
    let outcome = try search()
    say(outcome)
    if let signal = programs.signal { return ExitCode(rawValue: 128 + signal) ?? .interrupted }
    return outcome.isReproduced ? .invalid : .unknown
  }

  /// Where the smallest is written to.
  var minimal: String { "\(folder)/minimal.yaml" }

  /// Searches, and writes `minimal.yaml` where the failure was seen again.
  func search() throws -> ShrinkingOutcome {
    let isQuiet = arguments.has("quiet") || arguments.has("json")
    let experiment = ShrinkingCase.joined(
      try YAMLNode.parse(text: plan.experimentText, file: plan.file),
      stack: try YAMLNode.parse(text: plan.stackText, file: plan.stack.file))
    let ledger = ledger
    func tell(_ line: String) {
      guard !isQuiet else { return }
      show("  \(Int(elapsed.seconds))s  \(line)")
      fflush(nil)
    }
    if !isQuiet {
      show(
        "\(plan.title)\n  looking for the smallest that fails \(signature.text), for \(budget.text)"
      )
    }
    if ledger.runs > 0 { tell("going on after \(ledger.runs) runs") }
    var shrinker = Shrinker(experiment, keeping: signature.invariant, ledger: ledger)
    let outcome = try shrinker.shrink(
      asking: ShrinkingOracle(ask: ask, keep: keep, tell: tell))
    if outcome.isReproduced { try write(outcome) }
    return outcome
  }

  private var elapsed: Duration { .nanoseconds(MonotonicClock.nanoseconds - started) }

  private var command: String { "faultline replay \(folder)" }

  /// Runs a candidate once. The last fifth of the time is for fresh runs of the smallest.
  private func ask(
    _ experiment: YAMLNode, _ purpose: Shrinker.Purpose
  ) throws -> Shrinker.Answer {
    if programs.isOver { throw Shrinker.Stop("it was interrupted") }
    let machine = try Machine.this()
    let smaller: Plan
    let parts = ShrinkingCase.parts(of: experiment)
    do throws(Problems) {
      smaller = try plan.replacingExperiment(
        with: parts.experiment.written, stack: parts.stack?.written, machine: machine)
    } catch {
      return .refused
    }
    if elapsed + longest > (purpose == .search ? budget * 4 / 5 : budget) {
      throw Shrinker.Stop("the time was up")
    }
    let candidate = folder + "/candidate"
    try Files.makeFolder(candidate, mode: 0o700)
    try Files.write(smaller.json.text(indented: true), to: candidate + "/plan.json")
    let start = MonotonicClock.nanoseconds
    number += 1
    let run = RunSeries.Run(
      made: ReplayVerb.words(again: candidate, arguments, reports: folder + "/runs"),
      by: programs, as: Repetition(number: number, count: number), seed: "\(plan.seed)",
      in: folder)
    longest = max(longest, .nanoseconds(MonotonicClock.nanoseconds - start))
    guard let run, !programs.isOver else { throw Shrinker.Stop("it was interrupted") }
    let hasFailed = run.shows(signature)
    let isBroken = [ExitCode.harness, .capability, .usage].map(\.rawValue).contains(run.exitCode)
    if isBroken, !hasFailed, purpose == .reference {
      throw Shrinker.Stop("a run of it could not be carried out: \(run.remark)")
    }
    // What shows nothing new is not kept.
    if purpose == .search || !hasFailed, run.folder.hasPrefix(folder + "/runs/") {
      try Files.removeTree(run.folder)
    }
    return hasFailed ? .failed : .passed
  }
}

extension ShrinkRun {
  private var ledgerFile: String { folder + "/ledger.json" }

  /// What an earlier search for the same failure was answered; nothing where that was another or there was none.
  private var ledger: ShrinkingLedger {
    guard let text = try? Files.read(ledgerFile), let document = try? JSON(reading: text),
      document["failure"]?.text == signature.text,
      let ledger = document["ledger"].flatMap({ ShrinkingLedger(reading: $0) })
    else { return ShrinkingLedger() }
    return ledger
  }

  private func keep(_ ledger: ShrinkingLedger) throws {
    let document: JSON = ["failure": .string(signature.text), "ledger": ledger.json]
    try Files.write(document.text(), to: ledgerFile + ".new")
    try Files.rename(ledgerFile + ".new", to: ledgerFile)
  }

  private func write(_ outcome: ShrinkingOutcome) throws {
    let smallest = try plan.replacingExperiment(
      with: outcome.experiment.written, stack: outcome.stack?.written, machine: try Machine.this())
    try Files.write(smallest.json.text(indented: true), to: folder + "/plan.json")
    let sets = plan.origin.set.map { " --set \($0.key)=\($0.text)" }.joined()
    let written = try YAMLNode.parse(text: plan.stackText, file: plan.stack.file).written
    let smaller = outcome.stack.flatMap { $0.written == written ? nil : $0 }
    if let smaller {
      let comment = "# The stack of minimal.yaml: what is left of \(plan.stack.file).\n"
      try Files.write(
        plan.stack.secrets.mask(comment + smaller.written), to: folder + "/minimal-stack.yaml")
    }
    let text = outcome.file(
      of: stored.path,
      command:
        "\(command) --times 20, or: faultline run \(folder)/minimal.yaml --seed \(plan.seed)\(sets)",
      stack: plan.stack.file, smaller: smaller == nil ? nil : "minimal-stack.yaml")
    try Files.write(plan.stack.secrets.mask(text), to: folder + "/minimal.yaml")
  }

  private func say(_ outcome: ShrinkingOutcome) {
    if arguments.has("json") {
      show(outcome.json(minimal: "\(folder)/minimal.yaml").text())
      return
    }
    show("\n\(outcome.isReproduced ? "INVALID" : "UNKNOWN")  \(plan.title)")
    for sentence in outcome.sentences { show("  \(sentence)") }
    for summary in outcome.carried { show("  taken away: \(summary)") }
    guard outcome.isReproduced else { return }
    show("  minimal: \(folder)/minimal.yaml\n  again: \(command)")
  }
}
