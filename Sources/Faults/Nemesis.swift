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
  public private(set) var failures: [FaultError] = []

  let cluster: Stack
  private let pace: Pace
  private let chance: Chance
  private let journal: (FaultChange) throws(FaultError) -> Void
  private var agenda: Agenda
  private var activations: [Activation] = []

  /// It never sleeps longer, so that cancelling is noticed.
  static var longestSleep: Duration { .milliseconds(100) }

  /// - Parameter journal: writes an entry durably. When it cannot, nothing is injected; healing
  ///   goes on.
  public init(
    schedule: [Step], cluster: Stack, chance: Chance, pace: Pace,
    journal: @escaping (FaultChange) throws(FaultError) -> Void
  ) {
    self.cluster = cluster
    self.pace = pace
    self.chance = chance
    self.journal = journal
    agenda = Agenda(schedule)
  }

  /// Runs the schedule, counted from `origin`, until its last injection or healing is done or
  /// `isCancelled`. What is still active then is left to `healAll`.
  public mutating func run(from origin: Instant, isCancelled: () -> Bool) {
    while !isCancelled(), let next = agenda.next {
      let wait = pace.now().duration(to: origin.advanced(by: next.at))
      guard wait <= .zero else {
        look()
        pace.sleep(min(wait, nextLook, Self.longestSleep))
        continue
      }
      agenda.removeFirst()
      switch next.act {
      case .inject(let step): inject(step)
      case .heal(let id): heal(id)
      }
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
  private mutating func inject(_ step: Step) {
    let now = pace.now()
    var mark = FaultMark(
      id: step.id, name: step.name, summary: step.text, targets: [], injected: now)
    mark.isAction = step.isAction
    let resolver = TargetResolver(cluster: cluster, chance: chance.stream("step \(step.id)"))
    do {
      let targets = try resolver.resolve(step)
      mark.targets = targets.marks
      mark.injected = pace.now()
      try write(.injecting, mark)
      activations.append(Activation(step: step, targets: targets, mark: mark))
    } catch {
      mark.confirmation = "not injected: \(error)"
      activations.append(
        Activation(step: step, targets: Targets(.nodes([])), mark: mark, stage: .done))
      return note(error, activations.count - 1)
    }
    carryOut(activations.count - 1)
  }

  private mutating func carryOut(_ index: Int) {
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

  private mutating func heal(_ id: Int) {
    guard let index = activations.firstIndex(where: { $0.step.id == id && $0.stage == .active })
    else { return }
    confirm(index)
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

  private mutating func healActive() {
    for activation in activations.reversed() where activation.isToBeHealed {
      agenda.removeHeal(of: activation.step.id)
      heal(activation.step.id)
    }
  }

  /// Looks at everything that is not yet certain; true while something is not.
  @discardableResult
  private mutating func look() -> Bool {
    for index in activations.indices where activations[index].isUncertain {
      guard activations[index].looks.isDue(at: pace.now()) else { continue }
      if activations[index].stage == .healing { lookHealed(index) } else { confirm(index) }
      activations[index].looks.looked(at: pace.now())
    }
    return activations.contains(where: \.isUncertain)
  }

  /// How long until something uncertain is to be looked at.
  private var nextLook: Duration {
    let now = pace.now()
    let waits = activations.lazy.filter(\.isUncertain).map { now.duration(to: $0.looks.next) }
    return max(waits.min() ?? Self.longestSleep, .milliseconds(1))
  }

  private mutating func confirm(_ index: Int) {
    let activation = activations[index]
    guard !activation.isRefuted, activation.isDoubtful || activation.mustLast else { return }
    let look: Confirmation
    do {
      look = try activation.step.fault.confirm(on: cluster, activation.targets)
    } catch {
      look = .notYet("could not look: \(error)")
    }
    let wasConfirmed = activation.mark.confirmed != nil
    activations[index].mark.confirmation = look.sentence
    switch look {
    case .yes where !wasConfirmed:
      activations[index].mark.confirmed = pace.now()
      record(.confirmed, index)
    case .notYet where wasConfirmed:
      activations[index].mark.confirmed = nil
      activations[index].isRefuted = true
      activations[index].mark.confirmation = "took effect, but did not last: \(look.sentence)"
      record(.refuted, index)
    default: break
    }
  }

  private mutating func lookHealed(_ index: Int) {
    let activation = activations[index]
    do {
      let look = try activation.step.fault.confirmHealed(
        on: cluster, activation.targets, sparing: holds(besides: index))
      activations[index].lastHealLook = look.sentence
      guard look.isConfirmed else { return }
      activations[index].mark.healConfirmed = pace.now()
      activations[index].stage = .done
      record(.healConfirmed, index)
    } catch {
      activations[index].lastHealLook = error.description
    }
  }

  /// What the other active faults hold.
  private func holds(besides index: Int) -> Set<Hold> {
    activations.indices.reduce(into: []) { all, other in
      let activation = activations[other]
      guard other != index, activation.stage == .active, !activation.step.isAction else { return }
      all.formUnion(activation.step.fault.holds(on: activation.targets))
    }
  }

  private func write(_ phase: FaultChange.Phase, _ mark: FaultMark) throws(FaultError) {
    try journal(FaultChange(phase, mark, note: mark.confirmation))
  }

  private mutating func record(_ phase: FaultChange.Phase, _ index: Int) {
    do { try write(phase, activations[index].mark) } catch { failures.append(error) }
  }

  private mutating func note(_ error: FaultError, _ index: Int) {
    failures.append(error)
    let mark = activations[index].mark
    do {
      try journal(FaultChange(.failed, mark, note: error.description))
    } catch { failures.append(error) }
  }
}
