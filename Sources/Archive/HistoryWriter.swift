internal import Basics
public import Histories
internal import Linux
internal import SQLite
import Synchronization

/// Writes `history.sqlite` while the run goes: every few milliseconds a thread of its own takes
/// what the recorder has and commits it. Clients never wait for it.
///
/// Kill the runner at any moment: the file opens, and lacks the last moments at most. When the
/// disk is full or the file fails, `failure` says so from then on and the run can go on; nothing
/// later is stored, so what is stored stays a true beginning.
public final class HistoryWriter: Sendable {
  private let core: WriterCore
  private let stop = StopFlag()
  private let thread: Linux.Thread

  /// Begins a new file.
  ///
  /// - Parameters:
  ///   - recorder: must be journaled, and drained by nobody else.
  ///   - run: what the file says of the run.
  /// - Throws: when the file cannot be made or holds a history already.
  public init(
    path: String, recorder: Recorder, about run: RunMeta? = nil,
    interval: Duration = .milliseconds(10)
  ) throws(ArchiveError) {
    guard recorder.isJournaled else {
      fatalError("a history writer needs a recorder that keeps a journal")
    }
    core = try WriterCore(path: path, recorder: recorder, about: run)
    do throws(Errno) {
      thread = try Linux.Thread(named: "history") { [core, stop] in
        Self.run(core, every: interval, until: stop)
      }
    } catch {
      throw .file(path: path, error)
    }
  }

  /// The body of the thread. A failure is kept by the core, which the harness asks; the thread
  /// goes on draining.
  private static func run(_ core: WriterCore, every interval: Duration, until stop: StopFlag) {
    let pause = min(max(interval, .microseconds(1)), .seconds(1)).nanoseconds
    while !stop.isRaised {
      do { try core.flush() } catch {}
      MonotonicClock.sleep(nanoseconds: pause)
    }
  }

  deinit { end() }

  /// Stops the thread and waits for it, at most for one batch and one interval.
  private func end() {
    stop.raise()
    thread.join()
  }

  /// What went wrong, once something has; the harness asks for it while the run goes.
  public var failure: ArchiveError? { core.failure }

  /// Returns when everything recorded so far is committed: what was intended is on record before
  /// it is done.
  public func flush() throws(ArchiveError) { try core.flush() }

  /// Stores the rest, brings everything into the one file, and stops.
  public func finish() throws(ArchiveError) {
    end()
    try core.finish()
  }
}

/// The database and the journal, used by the writer's thread and by whoever flushes.
final class WriterCore: Sendable {
  private let path: String
  private let recorder: Recorder
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var store: ArchiveStore?
    var journal = Journal()
    var failure: ArchiveError?
  }

  init(path: String, recorder: Recorder, about run: RunMeta?) throws(ArchiveError) {
    self.path = path
    self.recorder = recorder
    do throws(SQLiteError) {
      let store = try ArchiveStore(path: path, hasTimes: true, hasRealTimeOrder: true, about: run)
      state = Mutex(State(store: store))
    } catch {
      throw .database(path: path, error)
    }
  }

  var failure: ArchiveError? { state.withLock { $0.failure } }

  func flush() throws(ArchiveError) {
    let failure = state.withLock { state in
      recorder.drain(into: &state.journal)
      attempt(&state) { (store, journal) throws(SQLiteError) in try store.store(journal) }
      return state.failure
    }
    if let failure { throw failure }
  }

  func finish() throws(ArchiveError) {
    try flush()
    let failure = state.withLock { state in
      attempt(&state) { (store, _) throws(SQLiteError) in try store.seal() }
      state.store = nil
      return state.failure
    }
    if let failure { throw failure }
  }

  /// Does something with the store unless it has failed before; what was drained is then dropped,
  /// so that a full disk does not fill the memory as well.
  private func attempt(
    _ state: inout State,
    _ act: (inout ArchiveStore, borrowing Journal) throws(SQLiteError) -> Void
  ) {
    guard state.failure == nil, state.store != nil else { return }
    do throws(SQLiteError) {
      try act(&state.store!, state.journal)
    } catch {
      state.failure = .database(path: path, error)
    }
  }
}
