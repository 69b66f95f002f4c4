import Histories
import Basics
import Clients
import Experiments
import Fabric
import Faults
import Linux
import Stacks

/// Runs the method's schedule on the stack, journalled, and heals whatever is left of it.
struct Method {
  let plan: Plan
  let lab: Lab
  let journal: FaultJournal
  let stop: StopFlag
  /// Who gives orders while it runs; nil: only the schedule does.
  var session: LiveSession?
  /// Lets its steps begin one by one; nil: their moments do.
  var gate: StepGate?
  /// Called when everything that is left is about to be healed.
  let healing: () -> Void

  /// How long healing may take until it counts as failed.
  private static let healLimit = Duration.seconds(20)

  /// - Returns: what could not be injected, looked at or healed.
  func run(from origin: Instant) -> [FaultError] {
    var nemesis = Nemesis(
      schedule: plan.schedule, cluster: lab, chance: Chance(seed: plan.seed).stream("nemesis"),
      pace: Pace(now: { lab.clock.now }, sleep: pause), abortWhen: plan.abortWhen,
      listening: session.map { .init(orders: $0.take, halted: halted, refused: $0.refuse) },
      gate: gate.map { gate in .init(opens: { isOpen(gate, $0) }, opened: begins) },
      journal: note)
    nemesis.run(from: origin) { stop.isRaised || session?.isOver == true }
    if let why = nemesis.abortion { lab.recorder.record(.abortion(why)) }
    healing()
    nemesis.healAll(limit: Self.healLimit)
    return nemesis.failures
  }

  /// Short once the run is to end: healing is still looked after, but nothing is waited for.
  private func pause(_ length: Duration) {
    if let session, !session.isOver, !stop.isRaised { return session.sleep(length) }
    let now = lab.clock.now
    guard !lab.clock.sleep(until: now.advanced(by: length), unless: stop) else { return }
    lab.clock.sleep(until: lab.clock.now.advanced(by: min(length, .milliseconds(20))))
  }

  private func isOpen(_ gate: StepGate, _ step: Step) -> Bool {
    let isOpen = gate.isOpen(for: step)
    lab.state.update { $0.heldStep = isOpen ? nil : step.text }
    return isOpen
  }

  /// A step was let begin that had waited.
  private func begins(_ step: Step, after length: Duration) {
    lab.recorder.record(.heldUp(step: step.id, length))
    lab.state.note("step \(step.id) waited \(length.tenths) until it was let begin: \(step.text)")
  }

  /// People gave orders, and a condition has undone what they did.
  private func halted(_ why: String) {
    lab.fabric.comment(lab.stack.secrets.mask("halted: \(why)"))
    lab.recorder.record(.note(about: "", "everything was healed, as 'abort-when' says: \(why)"))
  }

  /// First to the disk, then to those who watch, who reads the capture later among them.
  private func note(_ change: FaultChange) throws(FaultError) {
    let now = lab.clock.now
    try journal.write(change, at: now)
    let moment = Decimal.trimmed(Double(now.nanoseconds) / 1e9, decimals: 3)
    lab.fabric.comment(
      lab.stack.secrets.mask(
        "fault \(change.mark.id), \(change.mark.summary): \(change.phase.words) at \(moment) s"))
    lab.recorder.record(.fault(change), at: now)
  }
}

extension Duration {
  /// In seconds, with a decimal.
  fileprivate var tenths: String { Decimal.trimmed(seconds, decimals: 1) + " s" }
}
