/// One line of the method, with its times resolved.
public struct Step: Sendable {
  /// Dense from 1, in the order of time; what an invariant's `fault:` refers to.
  public var id: Int
  /// When it is injected, counted from the moment the steady state was reached.
  public var at: Duration
  /// When it is undone; `never` for actions and for what lasts `forever`.
  public var healing: Healing
  /// What is done, with its settings: a fault or an operator's action.
  public var fault: any Fault
  public var aim: AimedAt
  /// What the author calls it, for invariants to refer to; nil when it is only numbered.
  public var label: String?
  /// What is waited for from `at` on before it is injected; nil: nothing.
  public var trigger: Trigger?
  /// The step whose end it follows where that end cannot be planned; its own times are those of a
  /// run in which that step comes as early as it can.
  public var follows: Int?
  /// How much later than planned it may come at most, because it waits or follows one that does.
  public var slack: Duration = .zero
  /// With more targets it is not injected; nil: however many there are.
  public var mostTargets: Int?

  /// What a step waits for.
  public struct Trigger: Hashable, Sendable {
    /// What is to be seen.
    public var condition: Condition
    /// How long it is waited for; after that the step is not done, and the run cannot be valid.
    public var within: Duration

    /// The caller promises a `within` above zero.
    public init(_ condition: Condition, within: Duration) {
      self.condition = condition
      self.within = within
    }
  }

  /// The caller promises an `id` that no other step of a schedule has.
  public init(
    id: Int, at: Duration, healing: Healing, fault: any Fault, aim: AimedAt,
    label: String? = nil
  ) {
    self.id = id
    self.at = at
    self.healing = healing
    self.fault = fault
    self.aim = aim
    self.label = label
  }

  /// As `fault:` or `action:` names it.
  public var name: String { type(of: fault).name }

  public var isAction: Bool { type(of: fault).isAction }

  /// When it is over as planned: healed, or for an operator's step and what lasts carried out.
  public var end: Duration { max(healing.time ?? at, at) }

  /// How long what it waits for is waited for.
  var waits: Duration { trigger?.within ?? .zero }

  /// Whether its moment is only known while running.
  public var isDynamic: Bool { trigger != nil || follows != nil }

  /// Whether only a running stack can tell when it is over.
  public var hasOpenEnd: Bool { isDynamic || (isAction && fault.rhythm != nil) }

  /// The same so much later.
  public func starting(at start: Duration) -> Step {
    var step = self
    step.at = at + start
    if case .at(let end) = healing { step.healing = .at(end + start) }
    return step
  }

  /// One line for a person: `kill proxy on the owner of vip`.
  public var text: String {
    switch aim {
    case .target(let target, let component?): "\(fault.text) \(component) on \(target)"
    case .target(let target, nil): "\(fault.text) \(target)"
    case .path(let from, let to, let isTwoWay):
      "\(fault.text) "
        + (isTwoWay ? "between \(from) and " : "from \(from) to ")
        + (to?.description ?? "everyone else")
    case .everything: fault.text
    }
  }
}

/// When a fault is undone.
public enum Healing: Hashable, Sendable {
  /// Counted from the moment the steady state was reached.
  case at(Duration)
  /// When the method is over and everything is healed.
  case atEnd
  /// Not at all: what was done is meant to last, and actions are not undone.
  case never

  /// Counted as in `at`; nil where no moment is fixed.
  public var time: Duration? { if case .at(let time) = self { time } else { nil } }
}
