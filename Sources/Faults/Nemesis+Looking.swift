internal import Basics
internal import Histories

/// Looking whether what was done has taken effect.
extension Nemesis {
  /// Looks at everything that is not yet certain; true while something is not.
  @discardableResult
  mutating func look() -> Bool {
    for index in activations.indices where activations[index].isUncertain {
      guard activations[index].looks.isDue(at: pace.now()) else { continue }
      if activations[index].stage == .healing { lookHealed(index) } else { confirm(index) }
      activations[index].looks.looked(at: pace.now())
    }
    return activations.contains(where: \.isUncertain)
  }

  /// How long until something uncertain is to be looked at.
  var nextLook: Duration {
    let now = pace.now()
    let waits = activations.lazy.filter(\.isUncertain).map { now.duration(to: $0.looks.next) }
    return max(waits.min() ?? Self.longestSleep, .milliseconds(1))
  }

  mutating func confirm(_ index: Int) {
    let activation = activations[index]
    guard !activation.isRefuted, activation.isDoubtful || activation.mustLast else { return }
    let look: Confirmation
    do {
      look = try activation.step.fault.confirm(
        on: cluster, activation.targets, since: activation.mark.injected, now: pace.now())
    } catch {
      look = .notYet("could not look: \(error)")
    }
    let wasConfirmed = activation.mark.confirmed != nil
    activations[index].mark.confirmation = look.sentence
    if case .no = look { activations[index].mark.isContradicted = true }
    if case .notYet = look { activations[index].mark.isContradicted = wasConfirmed }
    switch look {
    case .yes where !wasConfirmed:
      activations[index].mark.confirmed = pace.now()
      measure(index)
      record(.confirmed, index)
      if activation.isWorking { release(activation.step) }
    case .no where wasConfirmed, .notYet where wasConfirmed:
      activations[index].mark.confirmed = nil
      activations[index].isRefuted = true
      activations[index].mark.confirmation = "took effect, but did not last: \(look.sentence)"
      record(.refuted, index)
    default: break
    }
  }

  /// Puts what was asked for beside what can be measured; what cannot be read leaves what was read before.
  mutating func measure(_ index: Int) {
    let activation = activations[index]
    guard activation.mark.confirmed != nil else { return }
    do throws(FaultError) {
      activations[index].mark.measures = try activation.step.fault.measures(
        on: cluster, activation.targets)
    } catch { failures.append(error) }
  }

  mutating func lookHealed(_ index: Int) {
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
  func holds(besides index: Int) -> Set<Hold> {
    activations.indices.reduce(into: []) { all, other in
      let activation = activations[other]
      guard other != index, activation.stage == .active, !activation.step.isAction else { return }
      all.formUnion(activation.step.fault.holds(on: activation.targets))
    }
  }
}
