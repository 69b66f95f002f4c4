internal import Basics
internal import YAML

/// The ways to make an experiment smaller by one change, kind by kind.
struct Reductions {
  let experiment: YAMLNode
  /// The invariant whose violation is looked for; what it needs stays.
  let invariant: String

  /// What takes away most comes first.
  enum Kind: CaseIterable { case steps, workloads, invariants, stack, targets, numbers }

  /// All of a kind.
  func of(_ kind: Kind) -> [Reduction] {
    switch kind {
    case .steps: steps
    case .workloads: workloads
    case .invariants: invariants + extras
    case .stack: ShrinkingCase.reductions(of: experiment)
    case .targets: targets
    case .numbers: numbers
    }
  }

  private var method: [YAMLNode] { experiment["method"]?.elements ?? [] }
  private var written: [(place: YAMLPlace, name: String, settings: YAMLNode?)] {
    (experiment["invariants"]?.elements ?? []).enumerated().map { position, node in
      let entry = node.entries?.first
      let checker = node.text ?? entry?.key ?? ""
      return (
        YAMLPlace.root.key("invariants").position(position),
        entry?.value["name"]?.text ?? checker, entry?.value
      )
    }
  }
  private var sought: YAMLNode? { written.first { $0.name == invariant }?.settings }

  /// Every step, a drawn sequence as a whole, and of lanes each step of each.
  private var steps: [Reduction] {
    // A number would mean another step once one before it is gone.
    guard !written.contains(where: { ($0.settings?["fault"]).map(Self.hasNumber) ?? false }) else {
      return []
    }
    let needed = Set(Self.names(sought?["fault"]))
    return placesOfSteps.compactMap { place, node in
      if let id = node["id"]?.text, needed.contains(id) { return nil }
      return Reduction("without \(Self.text(of: node))", dropping: [place])
    }
  }

  /// A step, as a person tells it from the others.
  private static func text(of step: YAMLNode) -> String {
    let what = step["fault"]?.text ?? step["action"]?.text
    let kind = what ?? (step["random"] != nil ? "drawn steps" : "lanes")
    if let id = step["id"]?.text { return "the step '\(id)', \(kind)" }
    return "the step \(kind)" + (step["at"]?.text.map { " at \($0)" } ?? "")
  }

  private var placesOfSteps: [(YAMLPlace, YAMLNode)] {
    let root = YAMLPlace.root.key("method")
    return method.enumerated().flatMap { position, node -> [(YAMLPlace, YAMLNode)] in
      let place = root.position(position)
      guard let lanes = node["lanes"]?.elements else { return [(place, node)] }
      let inner = lanes.enumerated().flatMap { number, lane -> [(YAMLPlace, YAMLNode)] in
        let lanePlace = place.key("lanes").position(number)
        let steps = lane.elements ?? []
        guard steps.count > 1 else {
          return lanes.count > 1 ? [(lanePlace, steps.first ?? lane)] : []
        }
        return steps.enumerated().map { (lanePlace.position($0), $1) }
      }
      return [(place, node)] + inner
    }
  }

  /// Every workload but the one that is judged.
  private var workloads: [Reduction] {
    let entries = experiment["workloads"]?.entries ?? []
    let needed = sought?["workload"]?.text
    guard entries.count > 1 else { return [] }
    return entries.filter { $0.key != needed }.map { entry in
      Reduction(
        "without the workload '\(entry.key)'",
        dropping: [YAMLPlace.root.key("workloads").key(entry.key)])
    }
  }

  private var invariants: [Reduction] {
    written.filter { $0.name != invariant }.map {
      Reduction("without the invariant '\($0.name)'", dropping: [$0.place])
    }
  }

  private var extras: [Reduction] {
    ["abort-when"].filter { experiment[$0] != nil }.map {
      Reduction("without '\($0)'", dropping: [YAMLPlace.root.key($0)])
    }
  }

  /// One of several nodes where all were meant.
  private var targets: [Reduction] {
    placesOfSteps.compactMap { place, node in
      guard let target = node["target"], target["pick"] == nil,
        target["role"] != nil || target["site"] != nil
      else { return nil }
      return Reduction(
        "\(Self.text(of: node)): one node of \(target["role"]?.text ?? target["site"]?.text ?? "them")",
        place.key("target"), target.setting("pick", to: "one"))
    }
  }

  /// Durations, rates and numbers of clients, each halved while it is not small already.
  private var numbers: [Reduction] {
    let times = placesOfSteps.flatMap { place, node in
      ["for", "at", "every"].map {
        (place.key($0), node[$0], "'\($0)' of \(Self.text(of: node))")
      }
    }
    let phases = ["steady-state", "settle"].map { name in
      (
        YAMLPlace.root.key(name).key("for"), experiment[name]?["for"], "'for' of '\(name)'"
      )
    }
    let loads = (experiment["workloads"]?.entries ?? []).flatMap { entry in
      ["rate", "clients"].map { key in
        (
          YAMLPlace.root.key("workloads").key(entry.key).key(key), entry.value[key],
          "'\(key)' of '\(entry.key)'"
        )
      }
    }
    return (times + phases + loads).compactMap { place, node, what in
      guard let node, let text = node.text, let half = Self.half(of: text) else { return nil }
      return Reduction(
        "\(what): \(half) instead of \(text)", place,
        YAMLNode(.scalar(half, isPlain: true), at: node.mark))
    }
  }

  /// Half of a duration, of a rate or of a number; nil where it is small enough.
  static func half(of text: String) -> String? {
    if let slash = text.firstIndex(of: "/"), let rate = Double(text[..<slash]) {
      return rate >= 4
        ? Decimal.trimmed((rate / 2).rounded(.up), decimals: 0) + text[slash...] : nil
    }
    if let number = Int(text) { return number >= 2 ? "\((number + 1) / 2)" : nil }
    guard let duration = Duration(text: text), duration >= .milliseconds(200) else { return nil }
    return Duration.milliseconds(Int64((duration.milliseconds / 2).rounded(.up))).text
  }

  private static func names(_ fault: YAMLNode?) -> [String] {
    fault.map { ($0.elements ?? [$0]).compactMap(\.text) } ?? []
  }

  private static func hasNumber(_ fault: YAMLNode) -> Bool {
    names(fault).contains { Int($0) != nil }
  }
}
