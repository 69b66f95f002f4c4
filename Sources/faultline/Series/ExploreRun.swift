import Basics
import Experiments
import Exploring
import Glibc
import Harness
import Linux
import Reports
import Stacks
import Synchronization
import YAML

/// Experiments that are drawn and run, each a process of its own, until the time is up.
final class ExploreRun: Sendable {
  /// What is drawn from, and how long.
  struct Settings: Sendable {
    var drawing: ExperimentDrawing
    var stack: ResolvedStack
    var seed: UInt64
    var budget: Duration
    var most: Int
    var jobs: Int
    /// What a run is told besides its file, its seed and its reports.
    var words: [String]
    var isQuiet: Bool
  }

  private struct State {
    var next = 1
    var coverage = Coverage()
    var runs: [ExploredRun] = []
    /// What nine of ten runs took at most: none is begun that would hardly end in time.
    var usual: Duration {
      let lengths = runs.map(\.length).sorted()
      return lengths.isEmpty ? .zero : lengths[lengths.count * 9 / 10]
    }
    var trouble: (any Error)?
    var lines = ""
    /// So many at once, as far as the machine bears it.
    var allowed: Int
  }

  private let settings: Settings
  private let folder: ExplorationFolder
  private let programs: ChildPrograms
  private let plan: @Sendable (String, UInt64) -> Bool
  private let started = MonotonicClock.nanoseconds
  private let state: Mutex<State>

  /// - Parameter plan: whether an experiment can be planned, given its text and its seed.
  init(
    _ settings: Settings, in folder: ExplorationFolder, programs: ChildPrograms,
    plan: @escaping @Sendable (String, UInt64) -> Bool
  ) {
    self.settings = settings
    self.folder = folder
    self.programs = programs
    self.plan = plan
    state = Mutex(State(allowed: settings.jobs))
  }

  /// Since it was made.
  var elapsed: Duration { .nanoseconds(MonotonicClock.nanoseconds - started) }

  /// Returns when the time is up, or this program was told to end.
  func perform() throws -> [ExploredRun] {
    let work = (0..<settings.jobs).map { place in
      { @Sendable () -> Crew.Load in
        self.work(place)
        return .fine
      }
    }
    try Crew(work, size: settings.jobs).run()
    return try state.withLock { state in
      if let trouble = state.trouble { throw trouble }
      return state.runs
    }
  }

  /// Each leaves for good once fewer are allowed than its place.
  private func work(_ place: Int) {
    while !programs.isOver {
      let next = state.withLock { state -> (number: Int, coverage: Coverage)? in
        guard state.trouble == nil, place < state.allowed, state.next <= settings.most,
          state.next == 1 || elapsed + state.usual <= settings.budget
        else { return nil }
        defer { state.next += 1 }
        return (state.next, state.coverage)
      }
      guard let next else { return }
      do { try run(next.number, favouring: next.coverage) } catch {
        return state.withLock { $0.trouble = error }
      }
    }
  }

  private func run(_ number: Int, favouring coverage: Coverage) throws {
    guard
      let drawn = settings.drawing.experiment(
        number: number, favouring: coverage, accepts: plan)
    else {
      throw UsageError(
        "nothing could be drawn that can be planned; name other faults with --faults")
    }
    let file = folder.experiment(number)
    try folder.write(drawn.text(under: comment(drawn, file)), ofRun: number)
    let start = MonotonicClock.nanoseconds
    let run = RunSeries.Run(
      made: ["run", file, "--json", "--seed", "\(drawn.seed)", "--reports", folder.reports(number)]
        + settings.words,
      by: programs, as: Repetition(number: number, count: number), seed: "\(drawn.seed)",
      in: folder.path)
    let length = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
    // What was cut short says nothing.
    guard let run, !programs.isOver else { return try folder.remove(number) }
    var explored = ExploredRun(drawn, run, on: settings.stack, length: length, file: file)
    if explored.outcome == .passed {
      try folder.remove(number)
      explored.file = ""
    }
    try keep(explored)
  }

  private func keep(_ run: ExploredRun) throws {
    try state.withLock { state in
      state.runs.append(run)
      state.coverage.add(run.covered, unconfirmed: run.unconfirmed)
      if run.wasStarved { state.allowed = max(1, state.allowed - 1) }
      state.lines += run.json.text() + "\n"
      try folder.write(state.lines, to: "runs.jsonl")
      guard !settings.isQuiet else { return }
      print(Closing.text(run))
      fflush(nil)
    }
  }

  private func comment(_ drawn: DrawnExperiment, _ file: String) -> [String] {
    let words = (["faultline run", file, "--seed \(drawn.seed)"] + settings.words)
      .joined(separator: " ")
    return [
      "Drawn by 'faultline explore \(settings.stack.name) --seed \(settings.seed)': run \(drawn.number).",
      "Again: " + settings.stack.secrets.mask(words),
    ]
  }
}
