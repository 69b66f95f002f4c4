import Basics
import Experiments
import Glibc
import Harness
import Linux
import Pages
import Reports
import Stacks

/// A call of `run`: its runs, one after another at the terminal, and the files that they leave together.
///
/// Those files are there from the beginning, and say then that nothing was begun: whoever kills the call finds no older
/// ones, and no good ones.
struct CallRun {
  private let asked: [AskedRun]
  private let settings: CallSettings
  private let arguments: Arguments
  private let clock = RunClock()
  private let files: CallFiles
  private var call: RunCall

  init(
    _ asked: [AskedRun], _ settings: CallSettings, _ arguments: Arguments, _ project: Project
  ) throws {
    self.asked = asked
    self.settings = settings
    self.arguments = arguments
    files = try CallFiles(arguments, project)
    call = RunCall(
      command: CallFiles.command(arguments, asked), startedNanoseconds: clock.wallOrigin,
      started: WallClock.text(clock.wallOrigin))
    call.shard = settings.shard
  }

  /// - Parameter page: where the page of a run is served; nil: it has none.
  mutating func perform(page: PageAsked?) throws -> ExitCode {
    if let refusal {
      call.refusal = refusal
      standardError("faultline: \(refusal.sentence)\n")
      if settings.isJSON { show(call.json.text()) }
      return end()
    }
    let isStepped = arguments.has("step")
    let needsProcesses =
      settings.jobs.count > 1 && asked.count > 1
      || asked.contains { $0.isSeries(whenStepped: isStepped) }
    if needsProcesses, page != nil {
      throw UsageError("--page shows one run, and these are many; leave it out, or --repeat 1")
    }
    call.parts = asked.flatMap { $0.missed(because: "the call was killed before it", .harness) }
    let folder = try files.begin(call)
    if needsProcesses {
      try sideBySide(in: folder)
    } else {
      try oneByOne(page: try page?.open())
    }
    return end()
  }

  /// As processes of their own.
  private mutating func sideBySide(in folder: CallFolder?) throws {
    var refusals: [Int: RefusedRun] = [:]
    for (index, one) in asked.enumerated() { refusals[index] = one.refusal() }
    if folder == nil, refusals.count < asked.count {
      throw HarnessError.cannotWrite("nothing can be written below \(files.reports)")
    }
    let crew = CallCrew(
      asked, refusals, settings, arguments, deadline: deadline, clock: clock, folder: folder,
      keep: { [files, call] parts in
        var now = call
        now.parts = parts
        files.keep(now)
      })
    call.parts = try crew.perform()
  }

  /// Why nothing is begun at all.
  private var refusal: RunCall.Refusal? {
    guard asked.isEmpty, let shard = settings.shard else { return nil }
    return .init(
      exit: .nothingRan,
      sentence: "shard \(shard.text) has no run; take fewer shards, or more files or repeats")
  }

  private var deadline: Instant? {
    settings.totalTimeout.map { Instant.start.advanced(by: $0) }
  }

  /// At the terminal, with their progress.
  private mutating func oneByOne(page: PageDoor?) throws {
    // What ends a call between two of its runs is not to end it before its files are written.
    Signals.block(Self.endings)
    var parts: [[RunCall.Part]] = call.parts.map { [$0] }
    var reason: (sentence: String, exit: ExitCode)?
    if settings.failsFast, asked.contains(where: \.isRefused) {
      reason = ("another file is wrong", .valid)
    }
    for (place, one) in asked.enumerated() {
      if reason == nil, let signal = Signals.wait(for: Self.endings, nanoseconds: 0) {
        reason = ("the call was interrupted", ExitCode(rawValue: 128 + signal) ?? .interrupted)
      }
      if reason == nil, let deadline, clock.now >= deadline {
        reason = ("the call's time was up", .timedOut)
      }
      if let reason, !one.isRefused {
        parts[place] = one.missed(because: reason.sentence, reason.exit)
        continue
      }
      let outcome = attend(one, page)
      parts[place] = [.run(outcome)]
      call.parts = parts.flatMap(\.self)
      files.keep(call)
      if [.interrupted, .terminated].contains(outcome.exit) {
        reason = ("the call was interrupted", outcome.exit)
      } else if settings.failsFast, outcome.exit != .valid {
        reason = reason ?? ("a run before it was not valid", .valid)
      }
    }
    call.parts = parts.flatMap(\.self)
  }

  private static let endings = [SIGINT, SIGTERM]

  /// One run to its end, or what is wrong with it.
  private func attend(_ one: AskedRun, _ page: PageDoor?) -> RunOutcome {
    if let refused = one.refusal() { return refused.told(isJSON: settings.isJSON) }
    guard case .planned(let single, _) = one.state else { preconditionFailure() }
    var outcome: RunOutcome
    do {
      outcome = try single.waited(one.place, page: page, limit: limit)
    } catch {
      let code = Faultline.complain(error, hiding: single.plan.stack.secrets)
      outcome = single.outcome(code, nil, single.plan.stack.secrets.mask("\(error)"))
    }
    // What the run itself did not print.
    if settings.isJSON, outcome.folder.isEmpty {
      show(outcome.document.text())
      fflush(nil)
    }
    // What must hold over many runs, one that is stepped through cannot show.
    if arguments.has("step"), !single.plan.bounds.isEmpty {
      outcome.exit = .worst([outcome.exit, .unknown])
    }
    return outcome
  }

  /// How long the next run may take.
  private var limit: Duration? {
    let rest = deadline.map { clock.now.duration(to: $0) }
    return [settings.timeout, rest].compactMap(\.self).min()
  }

  private mutating func end() -> ExitCode {
    call.duration = Instant.start.duration(to: clock.now)
    let areLeft = files.end(call, isJSON: settings.isJSON)
    return areLeft || call.exit != .valid ? call.exit : .harness
  }
}

extension AskedRun {
  var isRefused: Bool { if case .refused = state { true } else { false } }

  /// Why it cannot be begun: what is wrong with its file, or what this machine lacks; nil where it can be.
  func refusal() -> RefusedRun? {
    switch state {
    case .refused(let refused): refused
    case .planned(let single, _): single.refusal()
    }
  }

  /// It as runs that were not begun.
  func missed(because reason: String, _ exit: ExitCode) -> [RunCall.Part] {
    guard case .planned(_, let settings) = state, settings.count > 1 else {
      return [.missed(MissedRun(file: file, reason: reason, exit: exit))]
    }
    return settings.numbers.map { number in
      let repetition = Repetition(number: number, count: settings.count)
      return .missed(
        MissedRun(file: file, repetition: repetition.text, reason: reason, exit: exit))
    }
  }
}

extension RefusedRun {
  /// Said to a person or a program, and what the call keeps of it.
  func told(isJSON: Bool) -> RunOutcome {
    complain()
    if isJSON {
      show(document.text())
      fflush(nil)
    }
    return RunOutcome(reading: document) ?? RunOutcome(record)
  }
}
