import Basics
public import Checking
public import Histories

extension CheckedPrediction {
  /// Every prediction of a history beside what was measured, by fault: one for each fault that
  /// took one away whom a prediction is about. Of a role or an address that the one who was struck did not
  /// have, nothing is said, nor of a probe that nobody could read afterwards.
  public static func all(in history: History) -> [CheckedPrediction] {
    guard history.hasTimes else { return [] }
    let check = PredictionCheck(history)
    return check.faults.flatMap { check.checked($0) }
  }
}

/// Looks in a history for what was predicted of its faults.
///
/// The time is measured from the fault's effect, which lies between the injection and the moment it
/// was confirmed, to the moment that what is waited for was so, which lies between two looks.
struct PredictionCheck {
  /// In the order of injection, without operators' actions.
  let faults: [FaultMark]
  private let history: History
  private let predictions: [Prediction]
  private let tracks: Tracks
  private let stalls: Stalls
  private let end: Instant

  /// What is injected within so short a time is one blow: no takeover lies between. (`Timeline.together` is about what
  /// clients can tell apart, and longer.)
  private static let oneBlow = Duration.milliseconds(100)
  /// A role or a probe is read a moment before the answer is recorded.
  private static let look = Duration.milliseconds(50)
  /// So much later than the network one observer may see a thing.
  private static let margin = Duration.milliseconds(10)

  init(_ history: History) {
    let timeline = Timeline(history, faults: nil)
    self.history = history
    faults = timeline.causes
    end = timeline.judged.end
    predictions = history.predictions
    tracks = Tracks(predictions.isEmpty ? [] : history.observations)
    stalls = Stalls(history)
  }

  func checked(_ fault: FaultMark) -> [CheckedPrediction] {
    predictions.filter { fault.tookAway($0) }.flatMap { prediction -> [CheckedPrediction] in
      switch prediction.subject {
      case .role(let component): role(prediction, of: component, fault).map { [$0] } ?? []
      case .address: addresses(prediction, fault)
      case .probe(let name): probe(prediction, name, fault).map { [$0] } ?? []
      }
    }
  }

  /// When something was so, if it was: after one moment, and not after another.
  private struct Sight {
    let after: Instant
    let seen: Instant
  }

  private func result(
    _ prediction: Prediction, _ what: String, _ sight: Sight?, _ fault: FaultMark,
    until end: Instant
  ) -> CheckedPrediction {
    let window = Window(fault.injected, sight?.seen ?? end)
    let measured = sight.map { sight -> ClosedRange<Duration> in
      let effect = min(fault.tookEffect, sight.seen)
      let latest = fault.injected.duration(to: sight.seen)
      return min(max(.zero, effect.duration(to: sight.after)), latest)...latest
    }
    return CheckedPrediction(
      fault: fault.id, prediction: prediction, what: what, measured: measured,
      watched: window.length, stalled: stalls.length(in: window),
      isBlurred: !stalls.isEmpty && stalls.blur(window))
  }

  /// The first later fault that struck whoever had the same then: what comes after it is its own.
  private func horizon(_ fault: FaultMark, _ strikesAgain: (FaultMark) -> Bool) -> Instant {
    let again = faults.first {
      $0.injected > fault.injected.advanced(by: Self.oneBlow) && strikesAgain($0)
    }
    return min(again?.injected ?? .never, end)
  }
}

// Roles.
extension PredictionCheck {
  private func role(
    _ prediction: Prediction, of component: String, _ fault: FaultMark
  ) -> CheckedPrediction? {
    let words = history.leadingWords(of: component)
    guard let leader = prediction.leader, leads(leader, words, at: fault.injected) else {
      return nil
    }
    let horizon = horizon(fault) { later in
      predictions.contains {
        $0.subject == prediction.subject && later.isAimed(at: $0)
          && $0.leader.map { leads($0, words, at: later.injected) } == true
      }
    }
    let others = tracks.roles.keys.filter { $0.component == component && $0 != leader }
    let sights = others.compactMap { rise(of: $0, words, after: fault.injected, until: horizon) }
    return result(
      prediction, prediction.words, sights.min { $0.seen < $1.seen }, fault, until: horizon)
  }

  private func leads(_ instance: InstanceID, _ words: Set<String>, at moment: Instant) -> Bool {
    tracks.role(of: instance, at: moment).map(words.contains) == true
  }

  /// When an instance that did not lead was first seen to.
  private func rise(
    of instance: InstanceID, _ words: Set<String>, after start: Instant, until end: Instant
  ) -> Sight? {
    var before: Tracks.Look<String>?
    for look in tracks.roles[instance] ?? [] {
      if look.time > end { return nil }
      let rose =
        words.contains(look.content) && !(before.map { words.contains($0.content) } ?? false)
      if rose, look.time > start {
        let last = before?.time.advanced(by: .zero - Self.look)
        return Sight(after: max(last ?? start, start), seen: look.time)
      }
      before = look
    }
    return nil
  }
}

// Addresses.
extension PredictionCheck {
  private func addresses(_ prediction: Prediction, _ fault: FaultMark) -> [CheckedPrediction] {
    let node = prediction.instance.node
    return tracks.addresses(of: node, at: fault.injected).map { address in
      let before = tracks.holders(of: address, at: fault.injected)
      let horizon = horizon(fault) { later in
        predictions.contains {
          $0.subject == .address && later.isAimed(at: $0)
            && tracks.holders(of: address, at: later.injected).contains($0.instance.node)
        }
      }
      let first = tracks.holds[address]?.first {
        $0.time > fault.injected && $0.time <= horizon && $0.content.isHeld
          && !before.contains($0.content.node)
      }
      // Observers are told of an address at once: they do not look for it.
      let sight = first.map {
        Sight(
          after: max($0.time.advanced(by: .zero - Self.margin), fault.injected), seen: $0.time)
      }
      return result(
        prediction, "\(address) elsewhere than \(node)", sight, fault, until: horizon)
    }
  }
}

// Probes.
extension PredictionCheck {
  private func probe(
    _ prediction: Prediction, _ name: String, _ fault: FaultMark
  ) -> CheckedPrediction? {
    let track = tracks.probes[.init(instance: prediction.instance, name: name)] ?? []
    let horizon = horizon(fault) { $0.isAimed(at: prediction) }
    guard !isStruck(prediction.instance, with: fault),
      let start = track.last(where: { $0.time <= fault.injected }),
      track.contains(where: { $0.time > fault.injected && $0.time <= horizon })
    else { return nil }
    let changed = track.firstIndex {
      $0.time > fault.injected && $0.time <= horizon && $0.content != start.content
    }
    let sight = changed.map { index in
      Sight(
        after: max(track[index - 1].time.advanced(by: .zero - Self.look), fault.injected),
        seen: track[index].time)
    }
    return result(prediction, prediction.words, sight, fault, until: horizon)
  }

  /// Whether a fault that was active then, or came together with this one, struck the instance itself: it can notice
  /// nothing.
  private func isStruck(_ instance: InstanceID, with fault: FaultMark) -> Bool {
    let together = fault.injected.advanced(by: Self.oneBlow)
    return faults.contains { other in
      other.struck(instance) && other.injected <= together
        && fault.injected < other.healed ?? .never
    }
  }
}

extension FaultMark {
  /// Whether it took one away whom a prediction is about: who is slow, or out of reach of some, need not be taken over
  /// from. Where a history does not tell what its faults did, nothing is said of predictions.
  fileprivate func tookAway(_ prediction: Prediction) -> Bool {
    reach == .away && isAimed(at: prediction)
  }

  /// Whether it was aimed at one whom a prediction is about, whatever it did.
  fileprivate func isAimed(at prediction: Prediction) -> Bool {
    targets.contains { target in
      switch target {
      case .node(let node): prediction.struckNodes.contains(node)
      case .instance(let instance): prediction.struckInstances.contains(instance)
      }
    }
  }
}
