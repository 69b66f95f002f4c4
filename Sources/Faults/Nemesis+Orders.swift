internal import Basics
internal import Histories

/// Doing what people ask for while it works.
extension Nemesis {
  /// Whom the nemesis listens to.
  public struct Listening {
    let orders: () -> [Inbox.Order]
    let halted: (String) -> Void
    let refused: (Step, FaultError) -> Void

    /// - Parameters:
    ///   - orders: takes what was asked since the last call; called again and again.
    ///   - halted: told why everything was healed where a condition of `abortWhen` held.
    ///   - refused: told which step was not done, and why; no history has it as a fault.
    public init(
      orders: @escaping () -> [Inbox.Order], halted: @escaping (String) -> Void,
      refused: @escaping (Step, FaultError) -> Void
    ) {
      self.orders = orders
      self.halted = halted
      self.refused = refused
    }
  }

  mutating func takeOrders() {
    for order in listening?.orders() ?? [] {
      switch order {
      case .inject(let step): begin(step)
      case .heal(let id): healNow(id)
      case .healAll: healActive()
      case .halt: halt()
      }
    }
  }

  /// Plans a step to begin now.
  private mutating func begin(_ step: Step) {
    let step = step.starting(at: origin.duration(to: pace.now()) - step.at)
    if let other = inEffect(like: step) {
      return refuse(
        step,
        FaultError(step.text, "the same is active on the same target as \(other); heal it first"))
    }
    agenda.add(step)
  }

  /// The id of the same fault on the same target, where that is seen to be in effect still: what
  /// somebody has undone by hand meanwhile may be done again.
  private func inEffect(like step: Step) -> Int? {
    guard !step.isAction else { return nil }
    return activations.first { other in
      guard other.stage == .active, other.step.name == step.name, other.step.aim == step.aim,
        other.step.fault.part == step.fault.part
      else { return false }
      let look = try? other.step.fault.confirm(
        on: cluster, other.targets, since: other.mark.injected, now: pace.now())
      return look?.isConfirmed ?? true
    }?.step.id
  }

  private mutating func healNow(_ id: Int) {
    agenda.removeHeal(of: id)
    heal(id)
    if let step = activations.first(where: { $0.step.id == id })?.step { release(step) }
  }

  /// Heals everything and forgets what was to come.
  private mutating func halt() {
    healActive()
    agenda.clear()
    awaited = []
  }

  /// Where people give orders, a condition that ends a method only halts it, once until it has been seen
  /// not to hold.
  mutating func haltWhereAborted() {
    for index in abortWatches.indices {
      let sight = abortWatches[index].look(on: cluster, at: pace.now())
      defer { haltedBy[index] = sight != nil }
      guard let sight, !(haltedBy[index] ?? false) else { continue }
      halt()
      listening?.halted("\(abortWatches[index].condition): \(sight)")
    }
  }
}
