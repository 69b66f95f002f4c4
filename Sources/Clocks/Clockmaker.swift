public import Basics
internal import CLinux
internal import Glibc
public import Linux
internal import Synchronization

/// The process beside the runner that looks into the run's servers and moves their clocks.
///
/// It is no part of the runner, for what it stops must not be mixed up with the runner's children; it
/// ends with its owner, however that ends, and the kernel lets go of whatever it had stopped.
public final class Clockmaker: Sendable {
  private let socket: Mutex<Descriptor>
  /// The process itself; only what looks at the machine needs it.
  public let pid: Int32

  /// How long a process may take to come to a stop.
  public static let patience = Duration.seconds(1)

  /// Starts it.
  public init() throws(Errno) {
    var raw: Int32 = -1
    pid = unsafe try Errno.check(
      cl_clockmaker_start(&raw),
      "start what moves clocks (the vDSO of this kernel is none it knows)")
    socket = Mutex(Descriptor(owning: raw))
  }

  deinit {
    // It ends with the socket; it is a child of ours, whom as PID 1 the reaper waits for.
    socket.withLock { cl_clockmaker_close($0.raw, pid) }
  }

  /// Patches those that are not yet, then sets the shift of all; one answer for each, in order.
  public func set(
    _ pids: [Int32], to shift: ClockShift, patience: Duration = Clockmaker.patience
  ) throws(Errno) -> [ProcessClock] {
    try ask(CL_CLOCK_SET, pids, shift, patience)
  }

  /// Lets the true time in again, and puts the original bytes back.
  public func restore(
    _ pids: [Int32], patience: Duration = Clockmaker.patience
  ) throws(Errno) -> [ProcessClock] {
    try ask(CL_CLOCK_RESTORE, pids, .none, patience)
  }

  /// Looks without changing anything.
  public func read(_ pids: [Int32]) throws(Errno) -> [ProcessClock] {
    try ask(CL_CLOCK_READ, pids, .none, .zero)
  }

  /// Starts a program so that it has the shift from its first instruction.
  ///
  /// - Parameter start: is given what the child waits at before it executes the program, and returns
  ///   once it has executed it; it must ask nothing of this clockmaker.
  public func start<Started: Sendable>(
    movedBy shift: ClockShift, _ start: (_ gate: Int32) throws -> Started
  ) throws -> (started: Started, clock: ProcessClock) {
    try socket.withLock { socket in
      var parameters = shift.parameters
      let raw = unsafe try Errno.check(
        cl_clockmaker_gate(socket.raw, &parameters), "have a clock moved from the start")
      let started = Result { try Self.pass(Descriptor(owning: raw), start) }
      var answer = cl_clock_answer()
      unsafe try Errno.check(
        cl_clockmaker_gate_passed(socket.raw, &answer), "ask what moves clocks")
      return (started: try started.get(), clock: ProcessClock(answer))
    }
  }

  /// The gate is closed behind it, whether it was passed or not.
  private static func pass<Started>(
    _ gate: consuming Descriptor, _ start: (Int32) throws -> Started
  ) throws -> Started {
    try start(gate.raw)
  }

  private func ask(
    _ verb: cl_clock_verb, _ pids: [Int32], _ shift: ClockShift, _ patience: Duration
  ) throws(Errno) -> [ProcessClock] {
    try socket.withLock { socket throws(Errno) in
      var clocks: [ProcessClock] = []
      var rest = pids[...]
      while !rest.isEmpty {
        let part = Array(rest.prefix(Int(CL_CLOCK_MOST)))
        rest = rest.dropFirst(part.count)
        var shift = shift.parameters
        var answers = [cl_clock_answer](repeating: cl_clock_answer(), count: part.count)
        unsafe try Errno.check(
          cl_clockmaker_ask(
            socket.raw, Int32(verb.rawValue), Int32(clamping: patience.nanoseconds / 1_000_000),
            &shift, part, UInt32(part.count), &answers), "ask what moves clocks")
        clocks += answers.map { ProcessClock($0) }
      }
      return clocks
    }
  }

  /// Moves the clock of a process of its own and asks that for the time, as a run would do it; nil
  /// where that works, else what the machine said.
  public static func rehearse() -> Errno? {
    let flags = geteuid() == 0 ? 0 : UInt(CL_NEWUSER)
    do throws(Errno) {
      _ = try Errno.check(cl_clock_rehearse(flags), "move the clock of a process")
      return nil
    } catch {
      return error
    }
  }
}
