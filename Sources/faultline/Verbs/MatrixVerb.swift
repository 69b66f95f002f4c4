import Basics
import Experiments
import Faults
import Harness
import Linux
import Reports
import Stacks

struct MatrixVerb: Verb {
  static let name = "matrix"
  static let summary = "Try every fault that fits on every component, and say what became of it."
  static let usage = "STACK [--faults A,B] [--repeat N] [--jobs J] [--for 10m] [--json]"
  static let options: [Option] = [
    Option(name: "faults", value: "A,B", summary: "Only these faults; all that fit by default."),
    Option(
      name: "traffic", value: "EXPERIMENT",
      summary:
        "The experiment on the stack whose traffic is sent, by its file or its name; the first in"
        + " experiments/ by default."),
    Option(name: "repeat", value: "N", summary: "Runs of each cell; once by default."), .jobs,
    Option(
      name: "for", value: "10m",
      summary: "How long it may take; cells that are not reached stay empty."),
    .set, .seed, .reports, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    A row is a component on the nodes of a role; struck is whoever leads it or has an address, else one of them. A cell
    is a run: the experiment's traffic, gates and invariants but those that name a fault, and one fault for 5s with the
    settings of its example. Measured are detection (the first address, role, process or probe that reacts), takeover,
    RTO (good answers again for good), writes lost, and who noticed. What could not be tested is empty, with its reason.
    In reports/STACK/matrix/ are matrix.html, whose cells lead to their reports, matrix.csv and matrix.json.
    Exit codes: 0 every fault that fits was measured and no invariant violated, 1 an invariant was violated, 6 a cell is
    not known, 3 a run could not be carried out.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError(
        "'matrix' takes one stack: faultline matrix STACK; faultline list names them")
    }
    let faults = try faults(arguments)
    let settings = try SeriesSettings(arguments, "repeat", usual: 1)
    let budget = try budget(arguments)
    let project = try Project.here()
    let loader = try project.loader(arguments.trust)
    let plan = try loader.experiment(
      try traffic(on: name, arguments, loader, project),
      set: try arguments.parameters().map { ($0.key, $0.value) },
      seed: try arguments.number("seed") ?? Ticket.seed())
    try arguments.warnOfBareSecrets(of: plan.stack)
    if let obstacle = Doctor().obstacle(to: plan) { throw CapabilityError(message: obstacle) }
    let matrix = try MatrixPlan(plan, faults: faults, machine: try Machine.this())
    let options = try options(plan, arguments, project)
    let programs = ChildPrograms()
    try programs.watch()
    let folder = try SeriesFolder.makeForMatrix(
      of: plan.stack.name, seed: plan.seed, in: options.reports, isShared: options.isShared)
    let run = MatrixRun(
      plan: plan, matrix: matrix, options: options, arguments: arguments, programs: programs,
      folder: folder, repeats: settings.count, jobs: settings.jobs.count, budget: budget)
    return try run.perform()
  }

  /// The names of `--faults`; nil: all.
  private static func faults(_ arguments: Arguments) throws(UsageError) -> Set<String>? {
    let said = arguments.all("faults")
    guard !said.isEmpty else { return nil }
    let names = said.flatMap { $0.split(separator: ",").map(String.init) }
    let known = FaultCatalogue.faults.map { $0.name }
    for name in names where !known.contains(name) {
      let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
      throw UsageError("there is no fault '\(name)'" + (near ?? "; faultline list names them"))
    }
    guard !names.isEmpty else { throw UsageError("--faults takes names, such as kill,pause") }
    return Set(names)
  }

  private static func budget(_ arguments: Arguments) throws(UsageError) -> Duration? {
    guard let text = arguments.value("for") else { return nil }
    guard let budget = Duration(text: text), budget > .zero else {
      throw UsageError("--for takes a duration such as 10m, not '\(text)'")
    }
    return budget
  }

  /// The path of the experiment whose traffic is sent.
  private static func traffic(
    on stack: String, _ arguments: Arguments, _ loader: Loader<FolderLibrary>, _ project: Project
  ) throws -> String {
    // The stack must be there before anything is said of its experiments.
    let own = try loader.stackFile(
      of: stack.hasSuffix(".yaml") ? try project.path(of: stack) : stack)
    guard let given = arguments.value("traffic") else {
      guard let first = loader.firstExperiment(about: stack, in: "experiments") else {
        throw UsageError(
          "no experiment in experiments/ is about '\(stack)'; say whose traffic to send: --traffic "
            + "EXPERIMENT")
      }
      return first
    }
    let path = try loader.experiment(called: given, on: stack, project)
    guard try loader.stackFile(ofExperiment: path) == own else {
      throw UsageError("\(path) is about another stack than '\(stack)'")
    }
    return path
  }

  private static func options(
    _ plan: Plan, _ arguments: Arguments, _ project: Project
  ) throws -> RunOptions {
    let words = ["faults", "traffic", "repeat", "set"].flatMap { option in
      arguments.all(option).map { " --\(option) \($0)" }
    }
    var options = RunOptions(
      reports: try project.reports(arguments.value("reports")), shares: try Project.shares(),
      command: plan.stack.secrets.mask(
        "faultline matrix \(arguments.operands[0])\(words.joined()) --seed \(plan.seed)"),
      isQuiet: arguments.has("quiet") || arguments.has("json"),
      followsLinks: arguments.has("trust"))
    options.isShared = arguments.has("share")
    return options
  }
}
