public import Basics
internal import Linux
internal import Synchronization

/// Moves the clocks of instances, and keeps them moved: what an instance starts or executes
/// meanwhile is caught within milliseconds, for its processes are looked at again and again.
///
/// Several movements of one clock add up, and each is taken back by its own name. A child of a
/// `fork` has its parent's clock from the first; a program that is executed has the true time until it
/// is caught.
public final class ClockKeeper: Sendable {
  /// From one look at all processes to the next.
  public static let interval = Duration.milliseconds(3)
  /// How long a process that was found on such a look may take to be stopped.
  private static let briefPatience = Duration.milliseconds(100)
  /// How often in a row a process is found not to be moved until it is said.
  private static let tries = 3
  /// What could not be patched is tried again no sooner.
  private static let pause: Int64 = 100_000_000

  private let processes: @Sendable (InstanceID) throws -> [Int32]
  private let state = Mutex(KeptClocks())
  private let maker = Mutex<Clockmaker?>(nil)

  /// - Parameter processes: every process of an instance, as the runner sees them; called again and
  ///   again from several threads.
  public init(processes: @escaping @Sendable (InstanceID) throws -> [Int32]) {
    self.processes = processes
  }

  /// Starts the process that does it: best early, while this one is small. Else the first movement does.
  public func prepare() throws { _ = try clockmaker() }

  /// Moves the clock of all that belongs to an instance, now and until `restore`.
  ///
  /// - Throws: what could not be moved, which is tried again and again nevertheless.
  public func move(
    _ instance: InstanceID, by movement: ClockMovement, as name: String
  ) throws {
    try state.withLock { state in
      let began = state.begin(movement, of: instance, as: name, at: WallClock.nanoseconds)
      guard began else { throw ClocksError.movedAlready(instance, name) }
      try startThread(&state)
      let clocks = try keep(instance, &state, patience: Clockmaker.patience)
      let unmoved = clocks.filter { !$0.isMoved && !$0.isGone }
      guard unmoved.isEmpty else { throw ClocksError.unmoved(instance, unmoved) }
    }
  }

  /// Takes a movement back. Once none is left, the original bytes of every process are put back;
  /// those that could not be are tried again until they are. A second time does nothing.
  public func restore(_ instance: InstanceID, as name: String) throws {
    try state.withLock { state in
      guard state.end(name, of: instance, at: WallClock.nanoseconds) else { return }
      _ = try keep(instance, &state, patience: Clockmaker.patience)
    }
  }

  /// Starts what belongs to an instance: where its clock is moved, so that it has the moved time from its
  /// first instruction.
  ///
  /// - Parameter start: is given what the child waits at (`Clockmaker.start`), nil for nothing.
  public func start<Started: Sendable>(
    _ instance: InstanceID, _ start: (_ gate: Int32?) throws -> Started
  ) throws -> Started {
    let moved = try state.withLock { state -> Started? in
      guard let kept = state.instances[instance], !kept.isLeaving else { return nil }
      let started = try clockmaker().start(movedBy: kept.shift) { try start($0) }.started
      try keep(instance, &state, patience: Self.briefPatience)
      return started
    }
    return try moved ?? start(nil)
  }

  /// What all its processes have now, and what they should have.
  public func look(at instance: InstanceID) throws -> ClockSight {
    try state.withLock { state in
      let clocks = try read(instance, &state)
      let now = WallClock.nanoseconds
      let kept = state.instances[instance]
      return ClockSight(
        clocks: clocks, wanted: kept.flatMap { $0.movements.isEmpty ? nil : $0.shift }, moment: now,
        turns: kept?.turns ?? 0, longestGap: kept?.longestGap ?? .zero)
    }
  }

  /// A process that has executed another program a moment ago is no news: it counts as not moved only
  /// where it is found so again and again.
  private func read(
    _ instance: InstanceID, _ state: inout KeptClocks
  ) throws -> [ProcessClock] {
    var suspects: Set<Int32>?
    for _ in 0..<Self.tries {
      try keep(instance, &state, patience: Self.briefPatience)
      let clocks = try clockmaker().read(try processes(instance)).filter { !$0.isGone }
      let unmoved = Set(clocks.filter { !$0.isMoved }.map(\.pid))
      suspects = suspects.map { $0.intersection(unmoved) } ?? unmoved
      let isMoved = state.instances[instance].map { !$0.isLeaving } ?? false
      if !isMoved || unmoved.isEmpty { return clocks }
      if suspects?.isEmpty == true { return clocks.filter(\.isMoved) }
      MonotonicClock.sleep(nanoseconds: 1_000_000)
    }
    return try clockmaker().read(try processes(instance)).filter { clock in
      !clock.isGone && (clock.isMoved || suspects?.contains(clock.pid) == true)
    }
  }

  private func clockmaker() throws(Errno) -> Clockmaker {
    try maker.withLock { maker throws(Errno) in
      if let maker { return maker }
      let made = try Clockmaker()
      maker = made
      return made
    }
  }

  /// One look at an instance, under the lock.
  @discardableResult
  private func keep(
    _ instance: InstanceID, _ state: inout KeptClocks, patience: Duration
  ) throws -> [ProcessClock] {
    let pids = try processes(instance)
    let now = MonotonicClock.nanoseconds
    guard let kept = state.instances[instance] else { return [] }
    let due = kept.due(pids, at: now)
    let clocks =
      kept.isLeaving
      ? try clockmaker().restore(due, patience: patience)
      : try clockmaker().set(due, to: kept.shift, patience: patience)
    state.note(clocks, of: instance, at: now, until: now + Self.pause)
    return clocks
  }

  private func startThread(_ state: inout KeptClocks) throws(Errno) {
    guard !state.hasThread else { return }
    state.hasThread = true
    _ = try Thread(named: "clocks") { [weak self] in
      while let wait = self?.pass() {
        MonotonicClock.sleep(nanoseconds: wait)
      }
    }
  }

  /// One look at everything that is kept; how long until the next, nil when nothing is left to keep.
  private func pass() -> Int64? {
    state.withLock { state in
      let now = WallClock.nanoseconds
      state.turn(at: now)
      for instance in state.instances.keys.sorted() {
        // Told when the clock is looked at: what is not moved then is named.
        _ = try? keep(instance, &state, patience: Self.briefPatience)
      }
      if state.instances.isEmpty {
        state.hasThread = false
        return nil
      }
      let turn = state.nextTurn(after: WallClock.nanoseconds)
      let wait = turn.map { max($0 - WallClock.nanoseconds, 0) } ?? Int64.max
      return min(wait, Self.interval.nanoseconds)
    }
  }
}

/// What one look at an instance's clock showed.
public struct ClockSight: Sendable {
  /// Of every process that was there.
  public let clocks: [ProcessClock]
  /// What they should have; nil where nothing moves them.
  public let wanted: ClockShift?
  /// When, true time in nanoseconds since 1970.
  public let moment: Int64
  /// How often a strobe has turned.
  public let turns: Int64
  /// The longest that two looks at the processes were apart: for so long what was executed may have
  /// had the true time.
  public let longestGap: Duration
}
