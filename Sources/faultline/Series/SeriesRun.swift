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

  func perform() throws -> ExitCode {
    let folder = try SeriesFolder.make(
      for: plan, in: options.reports, isShared: options.isShared)
    if !options.isQuiet {
      let runs =
        settings.count == 1 ? "1 run" : "\(settings.count) runs, \(settings.jobs) at a time"
      show("\(plan.title)\n  \(runs)")
      fflush(nil)
    }
    let series = RunSeries(
      title: plan.title, name: folder.experiment, runs: try runs(in: folder),
      bounds: plan.bounds, original: original)
    try folder.write(result: series.json.text(indented: true) + "\n", junit: series.junit)
    if isJSON { show(series.json.text()) } else { print(Closing.text(series, folder)) }
    fflush(nil)
    if let signal = programs.signal {
      return ExitCode(rawValue: 128 + signal) ?? .interrupted
    }
    return series.exit
  }

  /// In the order of their numbers; those that were not begun are not among them.
  private func runs(in folder: SeriesFolder) throws -> [RunSeries.Run] {
    let done = Mutex<[RunSeries.Run]>([])
    let isEnough = StopFlag()
    let work = (1...settings.count).map { number in
      { @Sendable () -> Crew.Load in
        if isEnough.isRaised { return .fine }
        guard let run = self.run(number, in: folder) else { return .fine }
        if settings.endsWithInvalid, run.exitCode == ExitCode.invalid.rawValue { isEnough.raise() }
        done.withLock { $0.append(run) }
        if !options.isQuiet {
          print(Closing.text(run, of: settings.count))
          fflush(nil)
        }
        return .fine
      }
    }
    try Crew(work, size: min(settings.jobs, settings.count)).run()
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
  var jobs = 1
  /// Nothing more is begun once a run is invalid.
  var endsWithInvalid = false

  static let most: ClosedRange<UInt64> = 1...1000
  static let mostJobs: ClosedRange<UInt64> = 1...64

  /// What the options say.
  ///
  /// - Parameter name: of the option that says how many.
  init(_ arguments: Arguments, _ name: String, usual: Int) throws(UsageError) {
    count = Int(try arguments.number(name, within: Self.most) ?? UInt64(usual))
    jobs = Int(try arguments.number("jobs", within: Self.mostJobs) ?? 1)
    guard let until = arguments.value("until") else { return }
    guard until == "invalid" else {
      throw UsageError("--until takes 'invalid', not '\(until)'")
    }
    endsWithInvalid = true
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
  static let jobs = Option(
    name: "jobs", value: "J",
    summary: "So many runs side by side, 1 by default; they share the processors.")
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
