internal import Basics
internal import Histories

/// Waiting for what is to be seen, and acting again and again.
extension Nemesis {
  /// A step that waits for what it is to see.
  struct Awaited {
    let step: Step
    var deadline: Instant
    var watch: ConditionWatch
  }

  /// How long nothing need be looked at or done, but for the agenda.
  var nap: Duration {
    let beats = activations.lazy.filter(\.isBeating).map { pace.now().duration(to: $0.nextBeat) }
    let watching = awaited.isEmpty && abortWatches.isEmpty ? Self.longestSleep : Self.watchInterval
    return min(nextLook, watching, beats.min() ?? watching)
  }

  mutating func isAborted() -> Bool {
    guard listening == nil else {
      haltWhereAborted()
      return false
    }
    for index in abortWatches.indices where abortion == nil {
      abortion = abortWatches[index].look(on: cluster, at: pace.now()).map {
        "\(abortWatches[index].condition): \($0)"
      }
    }
    return abortion != nil
  }

  /// Injects what has seen what it waited for, and gives up what waited too long.
  mutating func lookForConditions() {
    for index in awaited.indices.reversed() {
      let sight = awaited[index].watch.look(on: cluster, at: pace.now())
      let now = pace.now()
      guard sight != nil || now >= awaited[index].deadline else { continue }
      let (step, condition) = (awaited[index].step, awaited[index].watch.condition)
      awaited.remove(at: index)
      if sight == nil {
        refuse(
          step,
          FaultError("wait for '\(condition)'", "it was not seen within \(step.waits.text)"))
      } else {
        let late = origin.advanced(by: step.at).duration(to: now)
        agenda.planHeal(of: step, late: late)
        inject(step)
      }
    }
  }

  /// Lets what goes on acting act once more, where it is time.
  mutating func beat() {
    for index in activations.indices where activations[index].isBeating {
      let activation = activations[index]
      let now = pace.now()
      guard let rhythm = activation.step.fault.rhythm, activation.nextBeat <= now else { continue }
      activations[index].nextBeat = now.advanced(by: rhythm.every)
      do {
        try activation.step.fault.beat(
          on: cluster, activation.targets, since: activation.mark.injected, now: now)
      } catch {
        activations[index].refute("did not go on: \(error)")
        note(error, index)
      }
      if activation.step.isAction, activations[index].isDoubtful,
        activation.mark.injected.duration(to: now) > rhythm.within
      {
        activations[index].refute(
          "not done within \(rhythm.within.text): \(activation.mark.confirmation)")
        record(.failed, index)
      }
    }
  }
}
