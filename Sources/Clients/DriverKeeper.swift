internal import Bindings
internal import Linux
internal import Synchronization
internal import Workloads

/// Keeps a driver's program alive on a thread of its own: starts it, reads what it writes, and starts it
/// again when it has failed, after a pause and not for ever.
final class DriverKeeper: Sendable {
  /// Where the program stands.
  enum Standing: Sendable {
    /// It will be up or down; whoever waits for that is told.
    case starting(Latch<Void>)
    case running(DriverSession)
    case down(String)
  }

  /// How often a program that fails is started again at most.
  private static let mostStarts = 50
  /// Until it has answered `init`.
  private static let patience: Int64 = 10_000_000_000
  /// What is kept of its last words, in bytes.
  private static let longestTail = 2048

  private let bindings: DriverBindings
  private let ground: ClientGround
  private let standing: Mutex<Standing>
  private let stop = StopFlag()
  /// A byte through it makes the thread look again.
  private let bell: Pipe

  init(_ bindings: DriverBindings, in ground: ClientGround) {
    self.bindings = bindings
    self.ground = ground
    standing = Mutex(.starting(Latch()))
    do throws(Errno) { bell = try Descriptor.pipe() } catch { fatalError("no pipe: \(error)") }
  }

  /// Starts the thread, which holds the keeper until `end`.
  func begin() {
    do throws(Errno) {
      _ = try Thread(named: "driver") { self.run() }
    } catch {
      stand(.down("\(error)"))
    }
  }

  /// Ends the program and the thread; what is open is lost.
  func end() {
    stop.raise()
    ring()
  }

  /// The running program; waits for a start that is under way until a moment of `MonotonicClock`.
  func session(until deadline: Int64) throws(ClientError) -> DriverSession {
    var now = standing.withLock { $0 }
    if case .starting(let latch) = now {
      _ = latch.wait(until: deadline)
      now = standing.withLock { $0 }
    }
    switch now {
    case .running(let session): return session
    case .starting: throw .definite("not sent: the driver '\(bindings.name)' is starting")
    case .down(let reason):
      throw .definite("not sent: the driver '\(bindings.name)' is down: \(reason)")
    }
  }

  /// A client found out that the program is not to be trusted.
  func fail(_ session: DriverSession, _ reason: String) {
    session.fail(reason)
    ring()
  }

  private func ring() {
    do throws(Errno) { try bell.writing.write([1]) } catch { fatalError("no bell: \(error)") }
  }

  private func stand(_ next: Standing) {
    let old = standing.withLock { standing in
      let old = standing
      standing = next
      return old
    }
    if case .starting(let latch) = old { latch.set(()) }
  }

  private func run() {
    var failures = 0
    var starts = 0
    while !stop.isRaised {
      if failures > 0 { stand(.starting(Latch())) }
      let (reason, isOfUse) = live()
      stand(.down(reason))
      if stop.isRaised { return }
      failures = isOfUse ? 1 : failures + 1
      starts += 1
      let isLast = starts >= Self.mostStarts
      ground.note(
        "driver '\(bindings.name)' on \(ground.node): \(reason)"
          + (isLast ? "; it is not started any more" : "; it was started again"))
      if isLast { return }
      rest(milliseconds: min(2000, 50 << min(failures, 6)))
    }
  }

  /// Returns early when the keeper is to end.
  private func rest(milliseconds: Int) {
    let deadline = MonotonicClock.nanoseconds + Int64(milliseconds) * 1_000_000
    while !stop.isRaised, MonotonicClock.nanoseconds < deadline {
      guard hears([bell.reading.raw], until: deadline)[0] else { return }
      _ = try? bell.reading.read(upTo: 256)
    }
  }

  private func hears(_ descriptors: [Int32], until deadline: Int64?) -> [Bool] {
    do throws(Errno) { return try Poll.wait(descriptors, until: deadline) } catch {
      fatalError("cannot wait for a driver: \(error)")
    }
  }

  /// One life of the program, to its end: why it ended, and whether it had answered anything.
  private func live() -> (reason: String, isOfUse: Bool) {
    guard let declaration = bindings.declaration else { return ("it was never declared", false) }
    let program: ClientProgram
    do throws(ClientError) {
      program = try ground.spawn(declaration.command(in: ground.place(declaration.folder)))
    } catch { return ("it cannot be started: \(error.message)", false) }
    let session = DriverSession(program)
    var words = LastWords(longest: Self.longestTail)
    let request = DriverRequest.initialize(
      node: ground.node, options: bindings.options, functions: bindings.functions)
    let deadline = MonotonicClock.nanoseconds + Self.patience
    if case .whole = program.write(request.line, until: deadline) {
      listen(to: session, &words, until: deadline)
    } else {
      session.fail("did not read its first line")
    }
    let reason = session.failure ?? "ended"
    // Everybody knows before it is waited for.
    stand(.down(reason))
    program.closeInput()
    if stop.isRaised { leave(program) }
    let exit = program.end()
    words.drain(program.errors)
    return ("it \(reason) (\(exit))" + words.quoted, session.answers > 0)
  }

  /// Lets the program end by itself for a moment: its input has ended.
  private func leave(_ program: ClientProgram) {
    let deadline = MonotonicClock.nanoseconds + 500_000_000
    while hears([program.output.raw], until: deadline)[0] {
      guard let bytes = try? program.output.read(upTo: 65_536), !bytes.isEmpty else { return }
    }
  }

  /// Hands out answers until the session has failed.
  private func listen(
    to session: DriverSession, _ words: inout LastWords, until deadline: Int64
  ) {
    let program = session.program
    var lines = DriverLines()
    var isKnown = false
    var hearsErrors = true
    while session.failure == nil, !stop.isRaised {
      let ready = hears(
        [program.output.raw, hearsErrors ? program.errors.raw : -1, bell.reading.raw],
        until: isKnown ? nil : deadline)
      if !ready.contains(true) { session.fail("did not answer 'init' in time") }
      if ready[2] { _ = try? bell.reading.read(upTo: 256) }
      if ready[1] { hearsErrors = words.take(program.errors) }
      guard ready[0] else { continue }
      let bytes = (try? program.output.read(upTo: 65_536)) ?? []
      if bytes.isEmpty { session.fail("ended") }
      for line in lines.take(bytes) where session.failure == nil {
        take(line, session, &isKnown)
      }
      if lines.isTooLong { session.fail("wrote a line of more than \(DriverAnswer.longest) bytes") }
    }
    if stop.isRaised { session.fail("was ended with the run") }
  }

  private func take(_ line: String, _ session: DriverSession, _ isKnown: inout Bool) {
    do throws(DriverGarbage) {
      let answer = try DriverAnswer(reading: line)
      if !isKnown {
        guard case .initialized(let served) = answer else {
          return session.fail("answered something else before 'init'")
        }
        isKnown = true
        let missing = bindings.functions.map(\.name).filter { !served.contains($0) }
        guard missing.isEmpty else {
          return session.fail("does not serve \(missing.joined(separator: ", "))")
        }
        stand(.running(session))
      } else if let wrong = session.take(answer) {
        session.fail(wrong)
      }
    } catch { session.fail(error.message) }
  }
}
