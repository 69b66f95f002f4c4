internal import Basics

/// Which clocks are moved, by what, and since when: what the keeper knows, without any process.
struct KeptClocks {
  /// One movement of a clock.
  struct Movement {
    let movement: ClockMovement
    let begun: Int64
  }

  /// The clock of one instance.
  struct Kept {
    var movements: [String: Movement] = [:]
    /// The sum of them, as its processes have it.
    var shift = ClockShift.none
    var turns: Int64 = 0
    /// Every movement was taken back, and its processes are being put right.
    var isLeaving: Bool { movements.isEmpty }
    /// Looks in a row that found nothing to put right.
    var cleanLooks = 0
    var lastLook: Int64?
    var longestGap = Duration.zero
    /// Processes that could not be patched, and when that is tried again.
    var resting: [Int32: Int64] = [:]

    /// Those that are to be looked at now.
    func due(_ pids: [Int32], at now: Int64) -> [Int32] {
      pids.filter { (resting[$0] ?? .min) <= now }
    }
  }

  var instances: [InstanceID: Kept] = [:]
  var hasThread = false

  /// A fork between a look and the act has a patch that the next look finds: so two must be clean.
  private static let enoughCleanLooks = 2

  /// False where a movement of that name is there already.
  mutating func begin(
    _ movement: ClockMovement, of instance: InstanceID, as name: String, at now: Int64
  ) -> Bool {
    guard instances[instance]?.movements[name] == nil else { return false }
    instances[instance, default: Kept()].movements[name] = Movement(movement: movement, begun: now)
    instances[instance]?.cleanLooks = 0
    addUp(instance, at: now)
    return true
  }

  /// False where there was none of that name.
  mutating func end(_ name: String, of instance: InstanceID, at now: Int64) -> Bool {
    guard instances[instance]?.movements.removeValue(forKey: name) != nil else { return false }
    addUp(instance, at: now)
    return true
  }

  /// Lets what turns turn, where its time has come.
  mutating func turn(at now: Int64) {
    for (instance, kept) in instances {
      let turns = kept.movements.values.reduce(0) {
        $0 + $1.movement.turns(begun: $1.begun, at: now)
      }
      guard turns != kept.turns else { continue }
      instances[instance]?.turns = turns
      addUp(instance, at: now)
    }
  }

  /// The next moment at which something turns; nil where nothing does.
  func nextTurn(after now: Int64) -> Int64? {
    instances.values.flatMap { $0.movements.values }
      .compactMap { $0.movement.nextTurn(begun: $0.begun, after: now) }.min()
  }

  /// The sum changes only here, so that what processes have need not be written anew at every look.
  private mutating func addUp(_ instance: InstanceID, at now: Int64) {
    guard let kept = instances[instance] else { return }
    let shifts = kept.movements.sorted { $0.key < $1.key }.map {
      $0.value.movement.shift(begun: $0.value.begun, at: now)
    }
    instances[instance]?.shift = ClockShift.sum(of: shifts, at: now)
  }

  /// Keeps what a look found; an instance that has been put right is forgotten.
  mutating func note(
    _ clocks: [ProcessClock], of instance: InstanceID, at now: Int64, until later: Int64
  ) {
    guard var kept = instances[instance] else { return }
    if let last = kept.lastLook { kept.longestGap = max(kept.longestGap, .nanoseconds(now - last)) }
    kept.lastLook = now
    kept.resting = kept.resting.filter { $0.value > now }
    let failed = clocks.filter { $0.failure != nil && !$0.isGone }
    for clock in failed where !clock.isBusy { kept.resting[clock.pid] = later }
    let isClean = failed.isEmpty && kept.resting.isEmpty && clocks.allSatisfy { !$0.isTouched }
    kept.cleanLooks = kept.isLeaving && isClean ? kept.cleanLooks + 1 : 0
    instances[instance] = kept.cleanLooks >= Self.enoughCleanLooks ? nil : kept
  }
}
