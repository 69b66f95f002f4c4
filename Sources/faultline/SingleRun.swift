import Basics
import Experiments
import Glibc
import Harness
import Linux
import Nodes
import Pages
import Reports
import Stacks

/// One run of a plan: the process outside starts this program again in namespaces of its own, and the one inside does it.
struct SingleRun: Sendable {
  var plan: Plan
  var options: RunOptions

  init(_ plan: Plan, _ options: RunOptions) {
    self.plan = plan
    self.options = options
    self.options.repetition = Repetition.own?.text
  }

  /// What is left behind where this machine lacks something that it takes; nil where it lacks nothing. Where even that
  /// cannot be written, what is missing is the one sentence that helps.
  func refusal() -> RefusedRun? {
    guard let obstacle = Doctor().obstacle(to: plan) else { return nil }
    let skipped = SkippedRun(plan, options)
    let record = skipped.record(because: obstacle, .capability)
    let folder = try? skipped.write(record, in: options.reports, isShared: options.isShared)
    return RefusedRun(record: record, folder: folder?.path)
  }

  /// - Throws: `CapabilityError` where this machine lacks something; a skipped run is left behind then.
  func requireMachine() throws {
    guard let refused = refusal() else { return }
    throw CapabilityError(message: refused.record.trouble ?? "")
  }

  /// Begins it where this machine can, and waits for its end.
  func outside(_ index: Int) throws -> ExitCode {
    try requireMachine()
    return try waited(index).exit
  }

  /// Begins it, waits for its end, and says what came of it.
  ///
  /// - Parameters:
  ///   - index: the place of its file on the command line.
  ///   - page: where its page is served; nil: it has none.
  ///   - limit: how long it may take; nil: however long.
  func waited(
    _ index: Int, page: PageDoor? = nil, limit: Duration? = nil
  ) throws -> RunOutcome {
    if let obstacle = LiveRegistry(orIn: options.reports).obstacle {
      standardError("warning: \(obstacle)\n")
    }
    let note = try OutcomeNote()
    Ticket.give(index, seed: plan.seed, limit: limit)
    let doors = page.map { [$0.socket.number] } ?? []
    let code = try Isolation.run(handingOver: doors + [note.descriptor]) { _ in 0 }
    let (folder, trouble) = note.read()
    if let exit = ExitCode(rawValue: code) {
      return outcome(exit, folder, trouble ?? "it ended before it could report")
    }
    let end = code > 128 ? "was killed by signal \(code - 128)" : "ended with code \(code)"
    let sentence =
      "the run's own process \(end) before it could report; its folder below "
      + "\(options.reports) has what was recorded until then"
    return outcome(Faultline.complain(sentence, .harness), folder, sentence)
  }

  /// What the run's folder says; where it says nothing, what is known outside.
  func outcome(_ exit: ExitCode, _ folder: String?, _ trouble: String) -> RunOutcome {
    let stored = folder.flatMap { try? StoredRun($0) }
    var outcome =
      stored?.document.flatMap { document in
        RunOutcome(reading: document.adding("folder", .string(folder ?? "")))
      } ?? unstored(exit, folder, trouble)
    outcome.exit = exit
    return outcome
  }

  /// A run whose folder took no result has said it all the same.
  private func unstored(_ exit: ExitCode, _ folder: String?, _ trouble: String) -> RunOutcome {
    let record = SkippedRun(plan, options).record(because: trouble, exit)
    let document = folder.map { record.json.adding("folder", .string($0)) }
    return document.flatMap { RunOutcome(reading: $0) } ?? RunOutcome(record)
  }

  func inside(isJSON: Bool) throws -> ExitCode {
    let code = try Isolation.run { space in
      do {
        return try perform(in: space, isJSON: isJSON).rawValue
      } catch {
        OutcomeNote.leave(trouble: plan.stack.secrets.mask("\(error)"))
        return Faultline.complain(error, hiding: plan.stack.secrets).rawValue
      }
    }
    return ExitCode(rawValue: code) ?? .harness
  }

  private func perform(in space: RunSpace, isJSON: Bool) throws -> ExitCode {
    if !isJSON {
      show("\(plan.title)\n  seed \(plan.seed); again with: \(options.command)")
      fflush(nil)
    }
    let run = try ExperimentRun(plan, options: options, space: space)
    OutcomeNote.leave(folder: run.folder.path)
    if let page = run.pageURL {
      // The result alone is on standard output.
      if isJSON { standardError("live page: \(page)\n") } else { show("  live page: \(page)") }
      fflush(nil)
    } else if options.page != nil {
      PageAsked.warnOfNone()
    }
    space.onInterrupt { signal, count in
      if count > 1 { _exit(128 + signal) }
      if !isJSON { standardError("\nhealing and judging what there is; again to stop at once\n") }
      run.interrupt(by: signal)
    }
    if options.isStepped { try Self.openAtEnter(run, isQuiet: isJSON) }
    var record = run.run()
    do throws(Errno) { try run.folder.write(record) } catch {
      record.trouble = record.trouble ?? "the reports cannot be written: \(error)"
      record.exit = .worst([record.exit, .harness])
    }
    do throws(Errno) {
      if try run.folder.shed(options.retention, exit: record.exit), !isJSON {
        standardError(
          "history, capture and logs are not kept (--keep \(options.retention.rawValue))\n")
      }
    } catch {
      standardError("warning: what --keep leaves out is not all removed: \(error)\n")
    }
    if isJSON {
      show(record.json.adding("folder", .string(run.folder.path)).text())
    } else {
      print(Closing.text(record, run.folder))
    }
    fflush(nil)
    return record.exit
  }
}

extension SingleRun {
  /// A line at our terminal, however empty, lets the step begin that waits.
  private static func openAtEnter(_ run: ExperimentRun, isQuiet: Bool) throws {
    if !isQuiet {
      show("  each step waits for Enter, or for 'faultline step' at another terminal")
      fflush(nil)
    }
    _ = try Linux.Thread(named: "enter") { while readLine() != nil { run.letNextStepBegin() } }
  }
}

extension Option {
  static let stepped = Option(
    name: "step", value: nil,
    summary: "Each step of the method waits for Enter, or for 'faultline step'; traffic goes on.")
}

extension Option {
  static let keep = Option(
    name: "keep", value: Retention.allCases.map(\.rawValue).joined(separator: "|"),
    summary:
      "Runs whose history, capture and logs stay: 'all' by default, of 'failed' ones only, or of none; "
      + "result, plan and reports stay always.")
}

extension Arguments {
  /// What `--keep` says.
  func retention() throws(UsageError) -> Retention {
    guard let text = value("keep") else { return .all }
    guard let retention = Retention(rawValue: text) else {
      throw UsageError("--keep takes all, failed or none, not '\(text)'")
    }
    return retention
  }
}

extension JSON {
  /// An object with one more member.
  func adding(_ name: String, _ value: JSON) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members + [Member(name, value)])
  }
}
