import Basics
import Experiments
import Glibc
import Harness
import Linux
import Reports
import Stacks
import Synchronization

/// The runs of a call as processes of their own: side by side, and many of one experiment.
final class CallCrew: Sendable {
  private let asked: [AskedRun]
  private let refusals: [Int: RefusedRun]
  private let settings: CallSettings
  private let arguments: Arguments
  private let deadline: Instant?
  private let clock: RunClock
  private let folder: CallFolder?
  private let keep: @Sendable ([RunCall.Part]) -> Void
  private let programs = ChildPrograms()
  private let isEnough = StopFlag()
  private let hasEnded = StopFlag()
  private let state: Mutex<State>

  private struct State {
    var parts: [[RunCall.Part]]
    /// What is under way, since when.
    var underWay: [Int: (name: String, since: Instant)] = [:]
    var done = 0
  }

  /// - Parameters:
  ///   - refusals: those of them that cannot be begun, by their places.
  ///   - folder: takes what the runs print until that is read; nil only where none can be begun.
  ///   - keep: called after each with what is known by then.
  init(
    _ asked: [AskedRun], _ refusals: [Int: RefusedRun], _ settings: CallSettings,
    _ arguments: Arguments, deadline: Instant?, clock: RunClock, folder: CallFolder?,
    keep: @escaping @Sendable ([RunCall.Part]) -> Void
  ) {
    self.asked = asked
    self.refusals = refusals
    self.settings = settings
    self.arguments = arguments
    self.deadline = deadline
    self.clock = clock
    self.folder = folder
    self.keep = keep
    let none = asked.map { $0.missed(because: "the call was killed before it", .harness) }
    state = Mutex(State(parts: none))
  }

  func perform() throws -> [RunCall.Part] {
    try programs.watch()
    let heartbeat = try settings.isQuiet ? nil : Linux.Thread(named: "heartbeat") { self.beat() }
    defer {
      hasEnded.raise()
      heartbeat?.join()
    }
    for (index, refused) in refusals.sorted(by: { $0.key < $1.key }) {
      finish(index, .run(refused.told(isJSON: settings.isJSON)))
    }
    let isStepped = arguments.has("step")
    let begun = asked.indices.filter { refusals[$0] == nil }
    let singles = begun.filter { !asked[$0].isSeries(whenStepped: isStepped) }
    let work = singles.map { index in { @Sendable () -> Crew.Load in self.run(index) } }
    if !work.isEmpty { try Crew(work, size: min(settings.jobs.count, work.count)).run() }
    for index in begun where asked[index].isSeries(whenStepped: isStepped) { try series(index) }
    return state.withLock { $0.parts.flatMap(\.self) }
  }

  /// Why no more is begun; nil where another may be.
  private var reason: (sentence: String, exit: ExitCode)? {
    if let signal = programs.signal {
      return ("the call was interrupted", ExitCode(rawValue: 128 + signal) ?? .interrupted)
    }
    if let deadline, clock.now >= deadline { return ("the call's time was up", .timedOut) }
    return isEnough.isRaised ? ("another run or file was not valid", .valid) : nil
  }

  private func finish(_ index: Int, _ parts: RunCall.Part...) {
    let now = state.withLock { state in
      state.parts[index] = parts
      state.underWay[index] = nil
      state.done += 1
      return state.parts.flatMap(\.self)
    }
    keep(now)
    if settings.failsFast, parts.contains(where: { $0.exit != .valid }) { isEnough.raise() }
  }

  private func miss(_ index: Int, _ reason: (sentence: String, exit: ExitCode)) {
    state.withLock {
      $0.parts[index] = asked[index].missed(because: reason.sentence, reason.exit)
    }
  }
}

extension CallCrew {
  /// One run of one experiment.
  private func run(_ index: Int) -> Crew.Load {
    guard case .planned(let single, _) = asked[index].state, let folder else { return .fine }
    if let reason {
      miss(index, reason)
      return .fine
    }
    let start = clock.now
    state.withLock { $0.underWay[index] = (asked[index].file, start) }
    let process = CallProcess(folder: folder, name: "\(index + 1)")
    let words = words(for: asked[index], single, seed: "\(single.plan.seed)")
    guard let ended = process.run(words, programs) else {
      state.withLock { $0.underWay[index] = nil }
      miss(index, reason ?? ("it could not be begun", .harness))
      return .fine
    }
    let outcome = ended.outcome ?? single.outcome(ended.exit, nil, ended.said)
    say(outcome, ended)
    finish(index, .run(outcome))
    let stalled = Duration.milliseconds(outcome.document["stalledMilliseconds"]?.number ?? 0)
    return settings.jobs.load(stalled: stalled, of: start.duration(to: clock.now))
  }

  /// Many runs of one experiment.
  private func series(_ index: Int) throws {
    guard case .planned(let single, let settings) = asked[index].state else { return }
    if let reason { return miss(index, reason) }
    state.withLock { $0.underWay[index] = (asked[index].file, clock.now) }
    let seeds = RunSeries.seeds(from: single.plan.seed, count: settings.count)
    let told = Mutex<(RunSeries, SeriesFolder)?>(nil)
    var series = SeriesRun(
      plan: single.plan, options: single.options, settings: settings, programs: programs,
      isJSON: self.settings.isJSON
    ) { [self] number in
      let seed = "\(seeds[number - 1])"
      return (words(for: asked[index], single, seed: seed), seed)
    }
    series.mayBegin = { [self] in reason == nil }
    series.ended = { [self] run in
      if self.settings.failsFast, run.exitCode != 0 { isEnough.raise() }
    }
    series.told = { series, folder in told.withLock { $0 = (series, folder) } }
    let exit = try series.perform()
    guard let (runs, folder) = told.withLock({ $0 }) else { return }
    finish(index, .series(outcome(index, single, settings, runs, folder, exit)))
  }

  private func outcome(
    _ index: Int, _ single: SingleRun, _ settings: SeriesSettings, _ series: RunSeries,
    _ folder: SeriesFolder, _ exit: ExitCode
  ) -> SeriesOutcome {
    let runs = series.runs.map { run -> RunOutcome in
      var one = single
      one.options.repetition = Repetition(number: run.number, count: settings.count).text
      one.plan.seed = UInt64(run.seed) ?? single.plan.seed
      let code = ExitCode(rawValue: run.exitCode) ?? .harness
      return one.outcome(code, run.folder.isEmpty ? nil : run.folder, run.trouble ?? code.word)
    }
    let made = Set(series.runs.map(\.number))
    // Who asks for no more once it is known has all that was asked for.
    let missed = reason.map { reason in
      settings.numbers.filter { !made.contains($0) }.map { number in
        MissedRun(
          file: asked[index].file,
          repetition: Repetition(number: number, count: settings.count).text,
          reason: reason.sentence, exit: reason.exit)
      }
    }
    return SeriesOutcome(
      file: asked[index].file, document: series.json, folder: folder.path, exit: exit, runs: runs,
      missed: missed ?? [])
  }

  /// What a process of its own is told, so that it makes the run.
  private func words(for one: AskedRun, _ single: SingleRun, seed: String) -> [String] {
    let rest = deadline.map { max(.milliseconds(1), clock.now.duration(to: $0)) }
    let limit = [settings.timeout, rest].compactMap(\.self).min()
    var words = ["run", arguments.operands[one.place], "--json"]
    words += ["--reports", single.options.reports, "--seed", seed]
    for setting in arguments.all("set") { words += ["--set", setting] }
    if let keep = arguments.value("keep") { words += ["--keep", keep] }
    words += ["trust", "share"].filter(arguments.has).map { "--\($0)" }
    if let limit { words += ["--timeout", "\(limit.nanoseconds)ns"] }
    return words
  }

  private func say(_ outcome: RunOutcome, _ ended: CallProcess.Ended) {
    if settings.isJSON {
      show((ended.document ?? outcome.document).text())
    } else if !settings.isQuiet {
      let done = state.withLock { $0.done } + 1
      print(Closing.text(outcome, done, of: asked.count))
    } else {
      print(Closing.text(outcome, nil, of: asked.count))
    }
    fflush(nil)
  }

  /// A line every half a minute, so that a log shows that the call goes on.
  private func beat() {
    var next = clock.now.advanced(by: .seconds(30))
    while clock.sleep(until: next, unless: hasEnded) {
      next = clock.now.advanced(by: .seconds(30))
      let (done, underWay) = state.withLock { ($0.done, $0.underWay) }
      let names = underWay.sorted { $0.key < $1.key }.map { _, one in
        "\(one.name) (\(Int(one.since.duration(to: clock.now).seconds)) s)"
      }
      let time = Int(Instant.start.duration(to: clock.now).seconds)
      standardError(
        "  \(time) s  \(done) of \(asked.count) done; under way: \(names.joined(separator: ", "))\n"
      )
    }
  }
}
