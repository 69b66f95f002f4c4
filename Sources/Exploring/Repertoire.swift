internal import Basics
internal import Experiments
public import Faults
public import Stacks
internal import YAML

/// Every fault that may be drawn for a stack, each with all whom it may be aimed at: what a step of a method would be
/// refused for is not in it.
public struct Repertoire: Sendable {
  /// A fault of the catalogue that is not drawn, and why.
  public struct Omission: Hashable, Sendable {
    /// As experiments name it.
    public let fault: String
    /// One sentence without a full stop.
    public let reason: String
  }

  /// A fault and one aim that fit each other.
  struct Choice: Sendable {
    let kind: any Fault.Type
    let aim: DrawnAim
    let drawing: SettingsDrawing
  }

  /// A step that was drawn, and how an experiment writes it but for its times.
  struct WrittenStep {
    let step: Step
    let keys: [(String, YAMLNode)]
  }

  let stack: ResolvedStack
  /// In the order of the catalogue, each fault's aims together.
  let choices: [Choice]
  /// What is left out.
  public let omissions: [Omission]

  /// The names of the faults that may be drawn, in the order of the catalogue.
  public var faults: [String] {
    choices.map { $0.kind.name }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// - Parameters:
  ///   - sources: experiments on the stack: they tell what only who knows it can, and which faults it is known not to
  ///     bear.
  ///   - lacking: what this machine cannot do, with the reason.
  ///   - only: faults by name, whatever else speaks against them; nil: all that make sense.
  public init(
    stack: ResolvedStack, pool: TrafficPool, lacking: [MachineNeed: String] = [:],
    only: [String]? = nil
  ) {
    self.stack = stack
    let learnt = LearntSettings.all(in: pool.roots, about: stack)
    let aims = DrawnAims(stack: stack, clients: pool.clients)
    var choices: [Choice] = []
    var omissions: [Omission] = []
    for kind in FaultCatalogue.faults {
      if let only, !only.contains(kind.name) { continue }
      func omit(_ reason: String) { omissions.append(Omission(fault: kind.name, reason: reason)) }
      if only == nil {
        if !kind.isUndone {
          omit("its heal alone does not bring back what it takes away; name it to draw it")
          continue
        }
        if let checker = pool.fatal[kind.name] {
          omit("an experiment expects '\(checker)' to fail under it; name it to draw it")
          continue
        }
      }
      let own = learnt.filter { $0.fault == kind.name }
      if kind.showsOnDemand, only == nil, own.isEmpty {
        omit("no experiment on this stack shows a component that feels it; name it to draw it")
        continue
      }
      let fitting = Self.fitting(kind, aims, own, stack, isNamed: only != nil)
      let bearable = fitting.choices.filter { lack($0, lacking) == nil }
      if let first = fitting.choices.first, bearable.isEmpty, let reason = lack(first, lacking) {
        omit(reason)
      } else if bearable.isEmpty {
        omit(fitting.refusal ?? "the stack has nothing that it could be aimed at")
      }
      choices += bearable
    }
    self.choices = choices
    self.omissions = omissions
    func lack(_ choice: Choice, _ lacking: [MachineNeed: String]) -> String? {
      guard !lacking.isEmpty else { return nil }
      var chance = Chance(seed: 0)
      guard let step = Self.step(choice, on: choice.aim, stack, &chance)?.step else { return nil }
      var needs = type(of: step.fault).needs
      if step.fault.usesDisk(aimedAt: step.aim) { needs.insert(.ownDisks) }
      return MachineNeed.allCases.filter(needs.contains).compactMap { lacking[$0] }.first
    }
  }

  /// All aims for which some settings are accepted; else the reason for which most were not.
  private static func fitting(
    _ kind: any Fault.Type, _ aims: DrawnAims, _ learnt: [LearntSettings], _ stack: ResolvedStack,
    isNamed: Bool
  ) -> (choices: [Choice], refusal: String?) {
    var refusals: [String: Int] = [:]
    let choices = aims.all(for: kind).compactMap { aim -> Choice? in
      // What only who knows the stack can say was said of somebody, and holds for no other.
      let isKnown =
        kind.showsOnDemand || kind.schema.keys.contains { $0.isRequired && $0.isForeign }
      let component = aim.keys.first { $0.0 == "component" }?.1.text
      let own = learnt.filter {
        isKnown ? $0.fits(aim) : $0.component == component || $0.component == nil
      }
      if kind.showsOnDemand, !isNamed, own.isEmpty { return nil }
      let choice = Choice(
        kind: kind, aim: aim, drawing: SettingsDrawing(kind: kind, learnt: own))
      var chance = Chance(seed: 0).stream(kind.name)
      for _ in 0..<8 {
        guard let settings = choice.drawing.settings(&chance) else {
          let missing = kind.schema.keys.filter(\.isRequired).map { "'\($0.name)'" }
          let words = missing.joined(separator: " and ")
          refusals["no experiment on this stack says \(words) for it", default: 0] += 1
          return nil
        }
        do throws(Problems) {
          _ = try read(choice, aim, settings, stack)
          return choice
        } catch { refusals[error.sentences, default: 0] += 1 }
      }
      return nil
    }
    let common = refusals.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return (choices, common?.key)
  }

  private static func read(
    _ choice: Choice, _ aim: DrawnAim, _ settings: [(String, YAMLNode)], _ stack: ResolvedStack
  ) throws(Problems) -> HandStep {
    let node = YAMLNode.drawn([("fault", .drawn(choice.kind.name))] + settings + aim.keys)
    return try HandStep.read(.sentence(node.flowText), in: stack)
  }

  /// A fault with settings that are drawn, as a step without its times; nil where none fit after several tries.
  static func step(
    _ choice: Choice, on aim: DrawnAim, _ stack: ResolvedStack, _ chance: inout Chance
  ) -> WrittenStep? {
    for _ in 0..<8 {
      guard let settings = choice.drawing.settings(&chance) else { return nil }
      guard let hand = try? read(choice, aim, settings, stack) else { continue }
      let keys = [("fault", YAMLNode.drawn(choice.kind.name))] + settings + aim.keys
      return WrittenStep(step: hand.step, keys: keys)
    }
    return nil
  }
}

extension Schema.Key {
  /// Nothing is known of its values but what somebody says who knows the stack.
  fileprivate var isForeign: Bool {
    switch kind {
    case .choice, .flag: false
    default: samples.isEmpty
    }
  }
}
