import Basics
import Clocks
import Experiments
import Fabric
import Faults
import Histories
import Linux
import Stacks
import YAML

/// What people do to a stack by hand: each is handed to the nemesis, and the answer says what became of it.
struct HandActs {
  let lab: Lab
  let session: LiveSession
  let plan: Plan
  let stop: StopFlag

  /// How long what was done is looked for; what is seen later is in `status`.
  private static let looks = Duration.seconds(10)
  /// How long healing is looked for.
  private static let healLooks = Duration.seconds(20)

  func answer(_ asked: LiveRequest) throws -> JSON {
    switch asked {
    case .inject(let said, let rails): return try inject(said, rails)
    case .heal(let id): return try heal(id)
    case .halt: return halt()
    case .note(let text): return try note(text)
    case .traffic(let order, let workload): return try traffic(order, of: workload)
    case .status, .down, .exec, .log, .capture, .step: return [:]
    }
  }
}

/// Doing.
extension HandActs {
  private func inject(_ said: HandStep.Said, _ rails: LiveRequest.Rails) throws -> JSON {
    let hand = try HandStep.read(said, in: lab.stack)
    try requireMachine(for: hand.step)
    var step = hand.step
    step.mostTargets = rails.mostTargets ?? plan.mostTargets
    if rails.isDry { return try rehearse(hand, step) }
    try requireConsent(to: step, rails)
    let id = session.inject(step)
    try HandBook.add(id, hand.text, to: lab.folder, hiding: lab.stack.secrets)
    _ = lab.clock.wait(within: Self.looks, every: .milliseconds(5), unless: stop) {
      session.refusal(of: id) != nil || lab.state.snapshot.changes[id].map(\.isDecided) ?? false
    }
    if let refusal = session.refusal(of: id) {
      throw HarnessError.other("'\(step.text)' was not done: \(refusal)")
    }
    guard let change = lab.state.snapshot.changes[id] else {
      throw HarnessError.other("'\(step.text)' was not begun within \(Self.looks.text)")
    }
    return [
      "id": .integer(id), "step": .string(hand.text), "summary": .string(step.text),
      "targets": .strings(change.mark.targets.map(\.description)),
      "confirmed": .bool(change.mark.confirmed != nil),
      "sentence": .string(change.mark.confirmation), "heals": .string(Self.end(of: step)),
    ]
  }

  /// What it would hit, without doing it.
  private func rehearse(_ hand: HandStep, _ step: Step) throws -> JSON {
    var step = step
    step.id = session.nextID
    let chance = Chance(seed: plan.seed).stream("nemesis")
    let targets = try step.targets(on: lab, chance: chance).map(\.description)
    let isTooMany = step.mostTargets.map { targets.count > $0 } ?? false
    let sites = step.aim.wholeSites.map(\.text)
    return [
      "dry": true, "step": .string(hand.text), "summary": .string(step.text),
      "targets": .strings(targets), "heals": .string(Self.end(of: step)),
      "isRefused": .bool(isTooMany),
      "sentence": .string(
        isTooMany
          ? "refused: at most \(step.mostTargets ?? 0) may be hit"
          : sites.isEmpty
            ? "" : "needs --confirm: it is aimed at all of site \(sites.joined(separator: " and "))"
      ),
    ]
  }

  /// Whole sites are hit only where that was meant.
  private func requireConsent(to step: Step, _ rails: LiveRequest.Rails) throws {
    let sites = step.aim.wholeSites.map(\.text).joined(separator: " and ")
    guard !sites.isEmpty, !rails.isConfirmed else { return }
    throw HarnessError.other(
      "'\(step.text)' is aimed at all of site \(sites); say --confirm if that is meant, or --dry-run to see"
        + " what it would hit")
  }

  /// When it is over, in words.
  private static func end(of step: Step) -> String {
    switch step.healing {
    case .at(let length) where length == .zero: "at once"
    case .at(let length): "after \(length.text)"
    case .atEnd: "when it is asked for, or the stack goes down"
    case .never: "never"
    }
  }

  /// What a plan would have prepared for while the stack was brought up.
  private func requireMachine(for step: Step) throws {
    if type(of: step.fault).needs.contains(.movedClocks) { try lab.clocks.prepare() }
    // Power can be lost without them: then nothing is forgotten.
    let isOnlyPower = step.fault is Kill || step.fault is SpotReclaim
    if lab.disks == nil, !isOnlyPower, step.fault.usesDisk(aimedAt: step.aim) {
      throw HarnessError.other(
        "'\(step.name)' acts on disks of Faultline's own, which the nodes have when they are brought up"
          + " with --disks")
    }
  }

  private func note(_ text: String) throws -> JSON {
    let said = text.plainLine
    guard said.contains(where: { !$0.isWhitespace }) else {
      throw HarnessError.other("a note needs words")
    }
    let now = lab.clock.now
    lab.fabric.comment(lab.stack.secrets.mask("note: \(said)"))
    lab.recorder.record(.note(about: "", said), at: now)
    return ["note": .string(said), "at": .milliseconds(Instant.start.duration(to: now))]
  }
}

/// Undoing.
extension HandActs {
  private func heal(_ id: Int?) throws -> JSON {
    let active = active
    guard let id else {
      session.add(.healAll)
      return healed(active)
    }
    guard active.contains(id) else {
      let known = active.map(String.init).joined(separator: ", ")
      throw HarnessError.other(
        "no fault \(id) is active; " + (known.isEmpty ? "none is" : "active: \(known)"))
    }
    session.add(.heal(id))
    return healed([id])
  }

  private func halt() -> JSON {
    let active = active
    lab.recorder.record(.note(about: "", "everything was healed by hand: halt"))
    session.add(.halt)
    return healed(active)
  }

  /// The ids of all faults that are active.
  private var active: [Int] {
    let snapshot = lab.state.snapshot
    return snapshot.faults.keys.filter { !(snapshot.changes[$0]?.mark.isAction ?? true) }.sorted()
  }

  /// Waits until all of these are seen to be healed.
  private func healed(_ ids: [Int]) -> JSON {
    _ = lab.clock.wait(within: Self.healLooks, every: .milliseconds(5), unless: stop) {
      let changes = lab.state.snapshot.changes
      return ids.allSatisfy { changes[$0]?.mark.healConfirmed != nil }
    }
    let changes = lab.state.snapshot.changes
    return [
      "healed": .array(
        ids.map { id in
          let change = changes[id]
          let isHealed = change?.mark.healConfirmed != nil
          return [
            "id": .integer(id), "summary": .string(change?.mark.summary ?? ""),
            "confirmed": .bool(isHealed),
            "sentence": .string(isHealed ? "" : change?.note ?? ""),
          ]
        })
    ]
  }
}

extension FaultChange {
  /// Whether it is known what became of what was asked for.
  fileprivate var isDecided: Bool {
    mark.confirmed != nil || phase != .injecting && phase != .injected
  }
}
