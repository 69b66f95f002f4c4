public import Basics
public import Histories

/// How the nemesis knows and passes time; tests give it a time of their own.
public struct Pace {
  /// On the run's clock.
  public let now: () -> Instant
  /// Blocks for about that long; may return early.
  public let sleep: (Duration) -> Void

  /// Both are called on the thread that runs the nemesis.
  public init(now: @escaping () -> Instant, sleep: @escaping (Duration) -> Void) {
    self.now = now
    self.sleep = sleep
  }
}

/// Does what the schedule says: journals, injects, confirms, holds, heals, confirms healed.
///
/// A single loop on its caller's thread, so that overlapping faults are simple. Confirming is
/// looking again and again, never waiting: one fault's doubt does not delay another's moment.
public struct Nemesis<Stack: Cluster> {
  /// Every fault of the schedule that has fired, in that order.
  public var marks: [FaultMark] { activations.map(\.mark) }
  /// What could not be injected, looked at or healed, in order.
  public internal(set) var failures: [FaultError] = []
  /// Which condition ended the method before its time, and what showed it; nil: none did.
  public internal(set) var abortion: String?

  let cluster: Stack
  let pace: Pace
  let chance: Chance
  let journal: (FaultChange) throws(FaultError) -> Void
  var origin = Instant.start
  var agenda: Agenda
  var activations: [Activation] = []
  /// Steps that wait for what they are to see.
  var awaited: [Awaited] = []
  var abortWatches: [ConditionWatch]
  /// Whose orders it takes; nil: it only does what is scheduled.
  let listening: Listening?
  /// Which of `abortWatches` held when it was last looked at.
  var haltedBy: [Int: Bool] = [:]

  /// It never sleeps longer, so that cancelling is noticed.
  static var longestSleep: Duration { .milliseconds(100) }
  /// While a step waits for something it looks this often.
  static var watchInterval: Duration { .milliseconds(10) }

  /// - Parameters:
  ///   - abortWhen: as soon as one of these holds, nothing more is injected; where it listens, everything
  ///     is healed instead, and it goes on.
  ///   - listening: with it, the nemesis goes on until it is cancelled, and takes orders.
  ///   - journal: writes an entry durably. When it cannot, nothing is injected; healing goes on.
  public init(
    schedule: [Step], cluster: Stack, chance: Chance, pace: Pace, abortWhen: [Condition] = [],
    listening: Listening? = nil,
    journal: @escaping (FaultChange) throws(FaultError) -> Void
  ) {
    self.cluster = cluster
    self.pace = pace
    self.chance = chance
    self.journal = journal
    self.listening = listening
    agenda = Agenda(schedule)
    abortWatches = abortWhen.map(ConditionWatch.init)
  }

  /// Runs the schedule, counted from `origin`, until its last step is over, a condition of
  /// `abortWhen` holds, or `isCancelled`. What is still active then is left to `healAll`.
  public mutating func run(from origin: Instant, isCancelled: () -> Bool) {
    self.origin = origin
    while !isCancelled(), !isAborted(), isBusy || listening != nil {
      takeOrders()
      lookForConditions()
      beat()
      if doNext() { continue }
      look()
      let wait = agenda.next.map { pace.now().duration(to: origin.advanced(by: $0.at)) }
      pace.sleep(max(min(wait ?? Self.longestSleep, nap), .microseconds(1)))
    }
  }

  /// Heals what is active, the last first, whatever fails on the way, and looks until all that was
  /// healed is seen to be healed and every action to have taken effect, or `limit` is over. Doing
  /// it twice does no harm.
  public mutating func healAll(limit: Duration) {
    look()
    let end = pace.now().advanced(by: limit)
    healActive()
    while look(), pace.now() < end {
      pace.sleep(min(nextLook, Self.longestSleep))
    }
    for activation in activations where activation.stage == .healing {
      failures.append(
        FaultError("heal \(activation.mark.summary)", activation.lastHealLook ?? "not looked at"))
    }
  }
}

extension Nemesis {
  var isBusy: Bool {
    agenda.next != nil || !awaited.isEmpty || activations.contains(where: \.isWorking)
  }

  /// Does what is due next; false when nothing is.
  mutating func doNext() -> Bool {
    guard let next = agenda.next, origin.advanced(by: next.at) <= pace.now() else { return false }
    agenda.removeFirst()
    switch next.act {
    case .inject(let step): inject(step)
    case .heal(let id):
      heal(id)
      if let step = activations.first(where: { $0.step.id == id })?.step { release(step) }
    case .await(let step):
      guard let trigger = step.trigger else { return true }
      awaited.append(
        Awaited(
          step: step, deadline: pace.now().advanced(by: trigger.within),
          watch: ConditionWatch(trigger.condition)))
    }
    return true
  }

  /// What follows the step may begin now.
  func releaseLateness(_ step: Step) -> Duration {
    origin.advanced(by: step.end).duration(to: pace.now())
  }

  mutating func release(_ step: Step) {
    agenda.release(followersOf: step.id, late: releaseLateness(step))
  }

  /// A step that is not injected, and why.
  mutating func refuse(_ step: Step, _ error: FaultError) {
    if let listening { return listening.refused(step, error) }
    var mark = FaultMark(
      id: step.id, name: step.name, summary: step.text, targets: [], injected: pace.now())
    mark.isAction = step.isAction
    mark.confirmation = "not injected: \(error)"
    activations.append(
      Activation(step: step, targets: Targets(.nodes([])), mark: mark, stage: .done))
    note(error, activations.count - 1)
  }

  mutating func inject(_ step: Step) {
    let resolver = TargetResolver(cluster: cluster, chance: chance.stream("step \(step.id)"))
    do {
      let (targets, mark) = try meant(step, resolver)
      activations.append(Activation(step: step, targets: targets, mark: mark))
    } catch {
      refuse(step, error)
      return release(actionOf: step)
    }
    carryOut(activations.count - 1)
    release(actionOf: step)
  }

  /// An operator's step is over once it is carried out; one that goes on, once it is confirmed.
  mutating func release(actionOf step: Step) {
    if step.isAction, step.fault.rhythm == nil { release(step) }
  }

  /// Whom the step means, the intent journalled. Who leads may be another by the time the journal
  /// is on the disk: so it is asked again until two answers agree.
  mutating func meant(_ step: Step, _ resolver: TargetResolver<Stack>)
    throws(FaultError) -> (Targets, FaultMark)
  {
    var mark = FaultMark(
      id: step.id, name: step.name, summary: step.text, targets: [], injected: pace.now())
    mark.isAction = step.isAction
    var targets = try resolver.resolve(step)
    for _ in 0..<3 {
      mark.targets = targets.marks
      mark.reach = step.fault.reach(on: targets)
      if let most = step.mostTargets, mark.targets.count > most {
        throw FaultError(
          step.text, "it would hit \(listed(mark.targets)), and at most \(most) may be hit")
      }
      mark.injected = pace.now()
      try write(.injecting, mark)
      guard step.aim.mayMove else { return (targets, mark) }
      let again = try resolver.resolve(step)
      if again == targets { return (targets, mark) }
      targets = again
    }
    throw FaultError(step.text, "who is meant moved again and again while it was to be injected")
  }

  mutating func carryOut(_ index: Int) {
    let (step, targets) = (activations[index].step, activations[index].targets)
    do {
      if step.fault is HealAll { healActive() }
      try step.fault.inject(into: cluster, targets)
      record(.injected, index)
      confirm(index)
    } catch {
      activations[index].isRefuted = true
      activations[index].mark.confirmation = "not fully injected: \(error)"
      note(error, index)
    }
  }

  mutating func heal(_ id: Int) {
    guard let index = activations.firstIndex(where: { $0.step.id == id && $0.stage == .active })
    else { return }
    confirm(index)
    measure(index)
    activations[index].mark.healed = pace.now()
    record(.healing, index)
    let activation = activations[index]
    do {
      try activation.step.fault.heal(
        on: cluster, activation.targets, sparing: holds(besides: index))
      activations[index].stage = .healing
      activations[index].looks = Looks()
      record(.healed, index)
      lookHealed(index)
    } catch {
      note(error, index)
    }
  }

  mutating func healActive() {
    for activation in activations.reversed() where activation.isToBeHealed {
      agenda.removeHeal(of: activation.step.id)
      heal(activation.step.id)
    }
  }

  func write(_ phase: FaultChange.Phase, _ mark: FaultMark) throws(FaultError) {
    try journal(FaultChange(phase, mark, note: mark.confirmation))
  }

  mutating func record(_ phase: FaultChange.Phase, _ index: Int) {
    do { try write(phase, activations[index].mark) } catch { failures.append(error) }
  }

  mutating func note(_ error: FaultError, _ index: Int) {
    failures.append(error)
    let mark = activations[index].mark
    do {
      try journal(FaultChange(.failed, mark, note: error.description))
    } catch { failures.append(error) }
  }
}
