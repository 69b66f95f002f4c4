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
  /// When it acts once more, where it goes on acting.
  var nextBeat = Instant.start

  /// Whether it may still be confirmed.
  var isDoubtful: Bool { mark.confirmed == nil && !isRefuted }

  /// Whether another look may tell something new.
  var isUncertain: Bool { stage == .healing || (stage == .active && isDoubtful) }

  /// Whether it goes on acting.
  var isBeating: Bool {
    stage == .active && step.fault.rhythm != nil && (!step.isAction || isDoubtful)
  }

  /// Whether the method has to wait for it: an operator's step that is still being carried out.
  var isWorking: Bool { isBeating && step.isAction }

  var mustLast: Bool { type(of: step.fault).mustLast }

  /// It did not take effect, and cannot any more.
  mutating func refute(_ reason: String) {
    isRefuted = true
    mark.confirmed = nil
    mark.isContradicted = true
    mark.confirmation = reason
  }

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
