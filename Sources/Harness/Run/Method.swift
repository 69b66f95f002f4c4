import Histories
import Basics
import Clients
import Experiments
import Faults
import Linux

/// Runs the method's schedule on the stack, journalled, and heals whatever is left of it.
struct Method {
  let plan: Plan
  let lab: Lab
  let journal: FaultJournal
  let stop: StopFlag

  /// How long healing may take until it counts as failed.
  private static let healLimit = Duration.seconds(20)

  /// - Returns: what could not be injected, looked at or healed.
  func run(from origin: Instant) -> [FaultError] {
    var nemesis = Nemesis(
      schedule: plan.schedule, cluster: lab, chance: Chance(seed: plan.seed).stream("nemesis"),
      pace: Pace(now: { lab.clock.now }, sleep: pause), journal: note)
    nemesis.run(from: origin) { stop.isRaised }
    lab.state.update { $0.phase = "heal" }
    nemesis.healAll(limit: Self.healLimit)
    return nemesis.failures
  }

  /// Short once the run is to end: healing is still looked after, but nothing is waited for.
  private func pause(_ length: Duration) {
    let now = lab.clock.now
    guard !lab.clock.sleep(until: now.advanced(by: length), unless: stop) else { return }
    lab.clock.sleep(until: lab.clock.now.advanced(by: min(length, .milliseconds(20))))
  }

  /// First to the disk, then to those who watch.
  private func note(_ entry: JournalEntry) throws(FaultError) {
    try journal.write(entry)
    lab.recorder.record(entry.mark)
    lab.state.update { state in
      switch entry.phase {
      case .injecting where !entry.mark.isAction: state.faults[entry.mark.id] = entry.mark.summary
      case .healConfirmed: state.faults[entry.mark.id] = nil
      default: break
      }
    }
  }
}
