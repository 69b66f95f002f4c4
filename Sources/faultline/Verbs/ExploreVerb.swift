import Basics
import Experiments
import Exploring
import Faults
import Glibc
import Harness
import Linux
import Reports
import Shrinking
import Stacks
import YAML

struct ExploreVerb: Verb {
  static let name = "explore"
  static let summary =
    "Draw schedules of faults for a stack, run them, and say what broke and what was covered."
  static let usage =
    "STACK [--for 30m] [--runs N] [--jobs J] [--seed N] [--traffic EXPERIMENT] [--shrink] [--dry-run]"
  static let options: [Option] = [
    Option(name: "for", value: "30m", summary: "How long it may take; 30m by default."),
    Option(name: "runs", value: "N", summary: "No more runs than that; as many as fit by default."),
    .jobs, .seed,
    Option(
      name: "set", value: "KEY=VALUE",
      summary: "Set a parameter; --with, too; may be given again. VALUE may be @FILE or @env:NAME.",
      aliases: ["--with"]),
    Option(
      name: "traffic", value: "EXPERIMENT",
      summary:
        "Take workloads and invariants of this experiment alone, by its file or its name; of all on this stack by"
        + " default."),
    Option(
      name: "faults", value: "A,B",
      summary: "Draw these faults only, those included that are not drawn by default."),
    Option(
      name: "at-most", value: "K", summary: "So many faults are active at once; 2 by default."),
    Option(
      name: "shrink", value: nil,
      summary: "Look for the smallest case of each failure, in the last third of the time."),
    Option(
      name: "dry-run", value: nil,
      summary: "Print what would be drawn, one run or --runs; start nothing."),
    .reports, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    Each run has its own subset of the faults that fit the stack and of the workloads of its experiments, and a few
    episodes: a fault alone, one beside another, one as another heals, one just after somebody else came to lead.
    Between them the stack may recover. What is asked holds whatever happens: that no data is lost or wrong, that
    nobody shares what is exclusive, that all is served again in the end. Bounds on availability and latency are not
    asked. A fault is not drawn where an experiment expects that the stack does not bear it.
    In reports/STACK/explore: explore.json, runs.jsonl (a line a run), coverage.json, junit.xml; the experiments and
    folders of runs that did not pass; those of runs that did are removed. What was covered least is favoured, so the
    same seed draws the same with --jobs 1 and as long as the runs before covered the same; --dry-run takes nothing as
    covered. Where the harness itself is held up for a twentieth of a run, fewer go side by side from then on.
    Exit codes: 1 a promise was broken, 0 none was in at least half of the runs, 5 no run was judged, 6 too few were.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError(
        "'explore' takes one stack: faultline explore STACK; faultline list names them")
    }
    let text = arguments.value("for") ?? "30m"
    guard let budget = Duration(text: text), budget > .zero else {
      throw UsageError("--for takes a duration such as 30m, not '\(text)'")
    }
    let most = try arguments.number("runs", within: 1...1_000_000).map { Int($0) }
    let jobs = try Jobs(arguments).count
    let atMost = Int(try arguments.number("at-most", within: 1...8) ?? 2)
    let seed = try arguments.number("seed") ?? Ticket.seed()
    let ground = try ExploreGround(stack: name, arguments)
    let drawing = ExperimentDrawing(ground.repertoire, ground.pool, seed: seed, atMost: atMost)
    if arguments.has("dry-run") {
      return try preview(drawing, runs: most ?? 1, ground, isJSON: arguments.has("json"))
    }
    if let obstacle = Doctor().obstacle() { throw CapabilityError(message: obstacle) }
    try arguments.warnOfBareSecrets(of: ground.stack)
    let programs = ChildPrograms()
    try programs.watch()
    let shrinks = arguments.has("shrink")
    let isQuiet = arguments.has("quiet") || arguments.has("json")
    let settings = ExploreRun.Settings(
      drawing: drawing, stack: ground.stack, seed: seed,
      budget: shrinks ? budget * 2 / 3 : budget, most: most ?? .max, jobs: jobs,
      words: ground.words, isQuiet: isQuiet)
    let folder = try ExplorationFolder.make(
      of: ground.stack.name, seed: seed, in: ground.reports, isShared: arguments.has("share"))
    if !isQuiet {
      show(
        "\(ground.stack.title)\n  seed \(seed), for \(budget.text), \(jobs) at a time; "
          + "\(ground.repertoire.faults.count) faults, \(ground.pool.count) workloads; \(folder.path)"
      )
    }
    fflush(nil)
    let project = ground.project
    let place = try project.path(of: folder.path) + "/experiments/drawn.yaml"
    let search = ExploreRun(settings, in: folder, programs: programs) { text, seed in
      ground.refusal(of: text, at: place, seed: seed) == nil
    }
    let runs = try search.perform()
    var exploration = Exploration(
      stack: ground.stack.name, seed: seed, runs: runs, length: search.elapsed, jobs: jobs,
      omissions: ground.repertoire.omissions)
    if shrinks {
      try shrink(&exploration, within: budget - search.elapsed, programs, arguments)
    }
    try folder.write(exploration.json.text(indented: true) + "\n", to: "explore.json")
    try folder.write(exploration.coverageJSON.text(indented: true) + "\n", to: "coverage.json")
    try folder.write(exploration.junit, to: "junit.xml")
    if arguments.has("json") {
      show(exploration.json.text())
    } else {
      print(Closing.text(exploration, folder))
    }
    fflush(nil)
    if let signal = programs.signal { return ExitCode(rawValue: 128 + signal) ?? .interrupted }
    return exploration.exit
  }

  private static func preview(
    _ drawing: ExperimentDrawing, runs: Int, _ ground: ExploreGround, isJSON: Bool
  ) throws -> ExitCode {
    for number in 1...runs {
      let drawn = drawing.experiment(number: number) { text, seed in
        ground.refusal(of: text, at: "experiments/drawn.yaml", seed: seed) == nil
      }
      guard let drawn else {
        throw UsageError(
          "nothing could be drawn that can be planned; name other faults with --faults")
      }
      let text = drawn.text(under: ["Run \(number): --seed \(drawn.seed)"])
      show(
        isJSON
          ? JSON.object([
            .init("run", .integer(number)), .init("seed", .string("\(drawn.seed)")),
            .init("experiment", .string(drawn.text())),
          ]).text() : (number > 1 ? "---\n" : "") + text)
    }
    return .valid
  }

  /// Gives each failure an equal part of what time is left.
  private static func shrink(
    _ exploration: inout Exploration, within time: Duration, _ programs: ChildPrograms,
    _ arguments: Arguments
  ) throws {
    let failures = exploration.failures
    var shrunk: [Int: FailureSignature] = [:]
    let start = MonotonicClock.nanoseconds
    for (place, failure) in failures.enumerated() where !programs.isOver {
      // What went wrong in one run has one smallest case, that of the first of it.
      if let other = shrunk[failure.first.number] {
        exploration.add(["not shrunk: see \(other.text), of the same run"], to: failure.signature)
        continue
      }
      shrunk[failure.first.number] = failure.signature
      let left = time - .nanoseconds(MonotonicClock.nanoseconds - start)
      let rest = Set(failures[place...].map(\.first.number)).subtracting(shrunk.keys)
      let share = left / (rest.count + 1)
      guard share > .seconds(1) else {
        exploration.add(["not shrunk: the time was up"], to: failure.signature)
        continue
      }
      let stored = try StoredRun(failure.first.run.folder)
      let search = try ShrinkRun(
        plan: try stored.plan(arguments), stored: stored, signature: failure.signature,
        budget: share, programs: programs, arguments: arguments)
      let outcome = try search.search()
      let lines =
        outcome.sentences + (outcome.isReproduced ? ["minimal: \(search.minimal)"] : [])
      exploration.add(lines, to: failure.signature)
    }
  }
}
