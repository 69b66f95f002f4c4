import Basics
import Experiments
import Glibc
import Harness
import Linux
import Reports
import Stacks
import Synchronization

/// Tries every fault that fits on every component: a run for each cell, a process of its own, and a table of what came
/// of it.
final class MatrixRun: Sendable {
  /// Of the experiment whose traffic is sent.
  let plan: Plan
  let matrix: MatrixPlan
  let options: RunOptions
  let arguments: Arguments
  let programs: ChildPrograms
  let folder: SeriesFolder
  /// Runs of each cell, and how many at a time.
  let repeats: Int
  let jobs: Int
  /// How long it may take; nil: until it is done.
  let budget: Duration?
  let isJSON: Bool
  private let started = MonotonicClock.nanoseconds
  private let progress: Mutex<Progress>

  /// How far it has come.
  private struct Progress {
    var trials: [Place: [FaultMatrix.Trial]] = [:]
    var missed: [Place: String] = [:]
    var done = 0
    /// The longest run so far: none is begun that would hardly end in time.
    var longest = Duration.zero
  }

  private struct Place: Hashable {
    let row: Int
    let column: Int
  }

  init(
    plan: Plan, matrix: MatrixPlan, options: RunOptions, arguments: Arguments,
    programs: ChildPrograms, folder: SeriesFolder, repeats: Int, jobs: Int, budget: Duration?
  ) {
    self.plan = plan
    self.matrix = matrix
    self.options = options
    self.arguments = arguments
    self.programs = programs
    self.folder = folder
    self.repeats = repeats
    self.jobs = jobs
    self.budget = budget
    isJSON = arguments.has("json")
    progress = Mutex(Progress())
  }

  func perform() throws -> ExitCode {
    let cells = wanted
    if !options.isQuiet {
      show(
        "\(plan.stack.title.plainLine)\n  \(matrix.rows.count) components, \(matrix.columns.count) faults: "
          + "\(cells.count * repeats) runs, \(jobs) at a time, traffic of \(plan.file)")
      fflush(nil)
    }
    let count = cells.count * repeats
    let work = cells.flatMap { cell in
      (1...repeats).map { number in
        { @Sendable () -> Crew.Load in
          self.run(cell.place, cell.text, number, of: count)
          return .fine
        }
      }
    }
    if !work.isEmpty { try Crew(work, size: min(jobs, work.count)).run() }
    let table = table
    try folder.write([
      ("matrix.json", table.json.masked(by: plan.stack.secrets).text(indented: true) + "\n"),
      ("matrix.csv", plan.stack.secrets.mask(table.csv)),
      ("matrix.html", plan.stack.secrets.mask(table.html(in: folder.path))),
    ])
    say(table)
    if let signal = programs.signal { return ExitCode(rawValue: 128 + signal) ?? .interrupted }
    return table.exit
  }

  /// What is to be run, row by row.
  private var wanted: [(place: Place, text: String)] {
    matrix.cells.indices.flatMap { row in
      matrix.cells[row].indices.compactMap { column in
        guard case .experiment(let text) = matrix.cells[row][column] else { return nil }
        return (Place(row: row, column: column), text)
      }
    }
  }

  private func title(_ place: Place) -> String {
    let row = matrix.rows[place.row]
    return "\(matrix.columns[place.column].name) of \(row.component) on \(row.role)"
  }

  private var elapsed: Duration { .nanoseconds(MonotonicClock.nanoseconds - started) }

  /// Runs a cell once, and keeps what it showed.
  private func run(_ place: Place, _ text: String, _ number: Int, of count: Int) {
    let longest = progress.withLock { $0.longest }
    if programs.isOver { return miss(place, "it was interrupted") }
    if let budget, elapsed + longest > budget { return miss(place, "the time was up") }
    let start = MonotonicClock.nanoseconds
    let trial: FaultMatrix.Trial
    do {
      guard let made = try make(place, text, number) else {
        return miss(place, "it was interrupted")
      }
      trial = made
    } catch let lacking as CapabilityError {
      return miss(place, lacking.message)
    } catch {
      trial = .init(trouble: plan.stack.secrets.mask("\(error)"), isBroken: true)
    }
    let done = progress.withLock { progress in
      progress.trials[place, default: []].append(trial)
      progress.longest = max(
        progress.longest, .nanoseconds(MonotonicClock.nanoseconds - start))
      progress.done += 1
      return progress.done
    }
    guard !options.isQuiet else { return }
    show("  \(Int(elapsed.seconds))s  \(done) of \(count)  \(title(place)): \(trial.line)")
    fflush(nil)
  }

  private func miss(_ place: Place, _ reason: String) {
    progress.withLock { $0.missed[place] = reason }
  }

  /// - Returns: nil where it was not begun.
  private func make(_ place: Place, _ text: String, _ number: Int) throws -> FaultMatrix.Trial? {
    var base = plan
    base.seed &+= UInt64(number - 1)
    let cell = try base.replacingExperiment(with: text, machine: try Machine.this())
    if let obstacle = Doctor().obstacle(to: cell) { throw CapabilityError(message: obstacle) }
    let name =
      "\(matrix.rows[place.row].component)-\(matrix.rows[place.row].role)-"
      + matrix.columns[place.column].name.replacing(" ", with: "-")
      + (repeats > 1 ? "-\(number)" : "")
    let candidate = "\(folder.path)/cells/\(name)"
    try Files.makeFolder(candidate, mode: 0o700)
    try Files.write(cell.json.text(indented: true), to: candidate + "/plan.json")
    // Each is told from the others by its name, for what it prints goes into files of that name.
    let order = place.row * matrix.columns.count * repeats + place.column * repeats + number
    let run = RunSeries.Run(
      made: ReplayVerb.words(again: candidate, arguments, reports: "\(folder.path)/runs"),
      by: programs,
      as: Repetition(
        number: order, count: matrix.rows.count * matrix.columns.count * repeats),
      seed: "\(base.seed)",
      in: folder.path)
    guard let run, !programs.isOver else { return nil }
    guard !run.folder.isEmpty, let stored = try? StoredRun(run.folder),
      let document = stored.document,
      let trial = FaultMatrix.Trial(reading: document, folder: run.folder)
    else {
      let isBroken = run.exitCode != ExitCode.capability.rawValue
      return .init(trouble: run.trouble ?? "it left no result", isBroken: isBroken)
    }
    return trial
  }

  /// What is known by now.
  private var table: FaultMatrix {
    let (trials, missed) = progress.withLock { ($0.trials, $0.missed) }
    let cells = matrix.cells.indices.map { row in
      matrix.cells[row].indices.map { column -> FaultMatrix.Cell in
        let place = Place(row: row, column: column)
        switch matrix.cells[row][column] {
        case .refused(let reason): return .unfit(reason)
        case .sameAs(let row): return .sameAs(row)
        case .experiment:
          if let trials = trials[place] { return .tried(trials) }
          return .missed(missed[place] ?? "it was not reached")
        }
      }
    }
    return FaultMatrix(
      stack: plan.stack.title, traffic: plan.file, seed: plan.seed, command: options.command,
      started: WallClock.text(
        WallClock.nanoseconds - (MonotonicClock.nanoseconds - started)),
      rows: matrix.rows.map { .init(component: $0.component, role: $0.role, aim: $0.aim) },
      columns: matrix.columns.map(\.name), cells: cells)
  }

  private func say(_ table: FaultMatrix) {
    if isJSON {
      show(table.json.masked(by: plan.stack.secrets).adding("folder", .string(folder.path)).text())
    } else {
      print(Closing.text(table, folder, hiding: plan.stack.secrets))
    }
    fflush(nil)
  }
}
