public import Basics
public import Experiments
import Checking
import Linux
public import Nodes
public import Reports

/// A stack that is brought up to be poked at: a run whose method comes from people while it goes. Where it has
/// traffic, it is judged as every run is; it leaves a run's folder behind in any case.
public final class LiveStack: Sendable {
  private let run: ExperimentRun
  private let session: LiveSession

  /// Makes the run's folder; nothing is started before `run`.
  ///
  /// - Parameter onReady: called once it is up, with the folder and a line per step of where the time went; what it throws
  ///   takes the stack down again.
  /// - Throws: what the system says when the folder cannot be made.
  public init(
    _ plan: Plan, options: RunOptions, space: RunSpace,
    onReady: @escaping @Sendable (RunFolder, [String]) throws -> Void
  ) throws {
    session = LiveSession(onReady: onReady)
    run = try ExperimentRun(plan, options: options, space: space, session: session)
  }

  /// `reports/<stack>/up/<stamp>-<seed>/`, where everything of it is; it is there before `run`.
  public var folder: RunFolder { run.folder }

  /// Where a browser finds its page; nil where it has none. Whoever has it is let in.
  public var pageURL: String? { run.pageURL }

  /// Whether it was said to be up; until then it can only fail.
  public var wasReady: Bool { session.isReady }

  /// Asks the stack to go down: at once while it comes up, else as `down` does.
  public func interrupt(by signal: Int32) {
    if session.isReady { session.end() } else { run.interrupt(by: signal) }
  }

  /// Brings the stack up, keeps it until it is asked to go down, and says what came of it. Whatever goes wrong
  /// is in the record.
  public func live() -> RunRecord { run.run() }

  /// Tells whoever asked for the end what came of it; then nobody finds the stack any more.
  public func close(_ record: RunRecord, saying text: String) throws {
    session.closing.set([
      "down": .string(record.stack), "folder": .string(folder.path),
      "verdict": record.unjudged == nil ? .string(record.verdict.rawValue) : .null,
      "code": .integer(Int64(record.handExit.rawValue)), "summary": .string(text),
    ])
    try session.control.value?.end()
  }
}

extension RunRecord {
  /// The exit code of what was steered by hand: where nothing is claimed, and nothing went wrong, 0.
  public var handExit: ExitCode { unjudged != nil && trouble == nil ? .valid : exit }
}
