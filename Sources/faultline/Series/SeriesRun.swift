import Basics
import Experiments
import Glibc
import Harness
import Linux
import Reports
import Synchronization

/// Many runs of one experiment, each a process of its own, and what they come to together.
struct SeriesRun: Sendable {
  let plan: Plan
  let options: RunOptions
  let settings: SeriesSettings
  let programs: ChildPrograms
  let isJSON: Bool
  /// The run that is repeated; nil where none is.
  var original: RunSeries.Run?
  /// The words that make a run, and its seed, by its number from 1.
  let words: @Sendable (Int) -> (words: [String], seed: String)
  /// Whether another may be begun; asked before each.
  var mayBegin: @Sendable () -> Bool = { true }
  /// Told of each as it ends.
  var ended: @Sendable (RunSeries.Run) -> Void = { _ in }
  /// Told what they came to, and where that is.
  var told: @Sendable (RunSeries, SeriesFolder) -> Void = { _, _ in }

  func perform() throws -> ExitCode {
    let folder = try SeriesFolder.make(
      for: plan, in: options.reports, isShared: options.isShared)
    if !options.isQuiet {
      let most = settings.isUntilSure ? "at most " : ""
      let runs =
        settings.numbers.count == 1
        ? "1 run" : "\(most)\(settings.numbers.count) runs, \(settings.jobs.count) at a time"
      let asked = sureness.map { "\n  until sure: \($0.text)" } ?? ""
      show("\(plan.title)\n  \(runs)\(asked)")
      fflush(nil)
    }
    let series = series(of: try runs(in: folder), folder)
    try folder.write(result: series.json.text(indented: true) + "\n", junit: series.junit)
    if isJSON { show(series.json.text()) } else { print(Closing.text(series, folder)) }
    fflush(nil)
    told(series, folder)
    if let signal = programs.signal {
      return ExitCode(rawValue: 128 + signal) ?? .interrupted
    }
    return series.exit
  }

  private func series(of runs: [RunSeries.Run], _ folder: SeriesFolder) -> RunSeries {
    RunSeries(
      title: plan.title, name: folder.experiment, runs: runs, bounds: plan.bounds,
      original: original, sureness: sureness)
  }

  private var sureness: Sureness? {
    settings.isUntilSure ? settings.sureness(of: plan) : nil
  }

  /// In the order of their numbers; those that were not begun are not among them.
  private func runs(in folder: SeriesFolder) throws -> [RunSeries.Run] {
    let done = Mutex<[RunSeries.Run]>([])
    let isEnough = StopFlag()
    let work = settings.numbers.map { number in
      { @Sendable () -> Crew.Load in
        if isEnough.isRaised || !mayBegin() { return .fine }
        let start = MonotonicClock.nanoseconds
        guard let run = self.run(number, in: folder) else { return .fine }
        if settings.endsWithInvalid, run.exitCode == ExitCode.invalid.rawValue { isEnough.raise() }
        let all = done.withLock { runs in
          runs.append(run)
          return runs
        }
        if settings.isUntilSure, series(of: all, folder).isSure { isEnough.raise() }
        ended(run)
        if !options.isQuiet {
          print(Closing.text(run, of: settings.count))
          fflush(nil)
        }
        let length = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
        return settings.jobs.load(stalled: run.stalled, of: length)
      }
    }
    try Crew(work, size: min(settings.jobs.count, work.count)).run()
    return done.withLock { $0 }.sorted { $0.number < $1.number }
  }

  private func run(_ number: Int, in folder: SeriesFolder) -> RunSeries.Run? {
    let (words, seed) = words(number)
    let repetition = Repetition(number: number, count: settings.count)
    return RunSeries.Run(
      made: words, by: programs, as: repetition, seed: seed, in: folder.path)
  }
}

/// How many runs, and how.
struct SeriesSettings: Sendable {
  var count: Int
  /// Which of them are made, by their numbers from 1; all unless it is said.
  var numbers: [Int]
  var jobs: Jobs
  /// Nothing more is begun once a run is invalid.
  var endsWithInvalid = false
  /// Nothing more is begun once every question has its answer.
  var isUntilSure = false
  /// How often an invariant may fail, where that was asked.
  var rate: Ratio?

  static let most: ClosedRange<UInt64> = 1...1000

  /// What the options say.
  ///
  /// - Parameter name: of the option that says how many.
  init(_ arguments: Arguments, _ name: String, usual: Int) throws(UsageError) {
    count = Int(try arguments.number(name, within: Self.most) ?? UInt64(usual))
    numbers = Array(1...count)
    jobs = try Jobs(arguments)
    isUntilSure = arguments.has("until-sure")
    rate = try Self.rate(arguments)
    if isUntilSure, arguments.value("shard") != nil {
      throw UsageError("--until-sure looks at every run in its turn, so it has no --shard")
    }
    guard let until = arguments.value("until") else { return }
    guard until == "invalid" else {
      throw UsageError("--until takes 'invalid', not '\(until)'")
    }
    endsWithInvalid = true
  }
}

extension SeriesSettings {
  /// Which rates can be told from none by a number of runs that one command may come to.
  private static let rates = 0.01...0.5

  private static func rate(_ arguments: Arguments) throws(UsageError) -> Ratio? {
    guard let text = arguments.value("rate") else { return nil }
    guard let rate = Ratio(text: text), rates.contains(rate.value) else {
      throw UsageError("--rate takes a share from 1% to 50%, not '\(text)'")
    }
    guard arguments.has("until-sure") else {
      throw UsageError("--rate says what --until-sure is to be sure of; add --until-sure")
    }
    return rate
  }

  /// What must be known before no more runs of a plan are begun.
  func sureness(of plan: Plan) -> Sureness {
    Sureness(
      most: count, bounds: plan.bounds, invariants: plan.invariants.map(\.name), rate: rate)
  }

  /// Refuses to begin what cannot come to an answer.
  func requireEnough(for plan: Plan) throws(UsageError) {
    guard isUntilSure else { return }
    let sureness = sureness(of: plan)
    guard sureness.leastRuns == nil else { return }
    throw UsageError(
      "\(plan.file): at most \(count == 1 ? "1 run" : "\(count) runs") cannot make sure that \(sureness.text); say --repeat "
        + "\(sureness.leastMost) or more")
  }
}

extension Arguments {
  /// A whole number within bounds, when the option was given.
  func number(_ name: String, within range: ClosedRange<UInt64>) throws(UsageError) -> UInt64? {
    guard let number = try number(name) else { return nil }
    guard range.contains(number) else {
      throw UsageError(
        "--\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not \(number)")
    }
    return number
  }
}

extension Option {
  static let untilSure = Option(
    name: "until-sure", value: nil,
    summary:
      "With --repeat N as the most: no more once every bound of many runs, or else --rate, has its answer."
  )
  static let rate = Option(
    name: "rate", value: "SHARE",
    summary:
      "With --until-sure: also how often an invariant fails, less than SHARE or not (with 95%); where the file bounds no quantiles, 5% by default."
  )
}

extension RunSeries.Run {
  /// Makes a run in a process of its own, and reads what it prints; nil where it was not begun.
  ///
  /// - Parameters:
  ///   - words: what this program is told, `--json` included.
  ///   - folder: takes what it prints until that is read.
  init?(
    made words: [String], by programs: ChildPrograms, as repetition: Repetition, seed: String,
    in folder: String
  ) {
    let (output, complaints) = (
      "\(folder)/run-\(repetition.number).json", "\(folder)/run-\(repetition.number).err"
    )
    let code = programs.run(
      [Self.program] + words, output: output, complaints: complaints,
      variables: [repetition.setting])
    defer {
      for file in [output, complaints] { unlink(file) }
    }
    guard let code else { return nil }
    let text = (try? Files.read(output)) ?? ""
    if let document = try? JSON(reading: text),
      let run = RunSeries.Run(reading: document, number: repetition.number)
    {
      self = run
      return
    }
    let said = ((try? Files.read(complaints)) ?? "").split(separator: "\n").last.map(String.init)
    self.init(
      number: repetition.number, seed: seed, exitCode: code,
      trouble: said ?? "it ended with code \(code) and said nothing")
  }

  private static let program = (try? Files.link("/proc/self/exe")) ?? "/proc/self/exe"
}
