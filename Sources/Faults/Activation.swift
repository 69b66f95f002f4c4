internal import Basics
internal import Histories

/// A step that has fired.
struct Activation {
  enum Stage { case active, healing, done }

  let step: Step
  let targets: Targets
  var mark: FaultMark
  var stage = Stage.active
  /// It cannot be confirmed any more.
  var isRefuted = false
  var looks = Looks()
  var lastHealLook: String?

  /// Whether it may still be confirmed.
  var isDoubtful: Bool { mark.confirmed == nil && !isRefuted }

  /// Whether another look may tell something new.
  var isUncertain: Bool { stage == .healing || (stage == .active && isDoubtful) }

  var mustLast: Bool { type(of: step.fault).mustLast }

  var isToBeHealed: Bool { stage == .active && !step.isAction && step.healing != .never }
}

/// When to look again: soon at first, then ever more rarely, for a look may cost a process.
struct Looks {
  private(set) var next = Instant.start
  private var interval = Duration.milliseconds(20)

  func isDue(at now: Instant) -> Bool { next <= now }

  mutating func looked(at now: Instant) {
    next = now.advanced(by: interval)
    interval = min(interval * 2, .milliseconds(200))
  }
}
