internal import Basics
internal import YAML

/// The experiment without what no run depends on, and with every step named: a number would mean another step once one
/// before it is gone.
struct Preparation {
  let experiment: YAMLNode

  init(_ experiment: YAMLNode) { self.experiment = experiment }

  /// What says nothing of what is done. `expect` goes, too: what fails shall be seen to fail.
  private static let idle = ["description", "tags", "repeat", "expect"]

  var prepared: YAMLNode {
    named.reduced(
      by: Self.idle.map { Reduction("without '\($0)'", dropping: [YAMLPlace.root.key($0)]) })
  }

  private var method: [YAMLNode] { experiment["method"]?.elements ?? [] }

  /// Positions in the method in the order of time; nil where that takes a planner.
  private var order: [Int]? {
    let strange = ["random", "lanes", "every", "after", "when"]
    let times = method.map { node in
      strange.contains { node[$0] != nil } ? nil : node["at"]?.text.flatMap { Duration(text: $0) }
    }
    guard !times.contains(nil) else { return nil }
    return times.indices.sorted { (times[$0] ?? .zero, $0) < (times[$1] ?? .zero, $1) }
  }

  private var named: YAMLNode {
    guard let order else { return experiment }
    var reductions: [Reduction] = []
    var labels: [Int: String] = [:]
    func label(of number: Int) -> String? {
      guard order.indices.contains(number - 1) else { return nil }
      let position = order[number - 1]
      if let own = method[position]["id"]?.text { return own }
      var name = "step-\(number)"
      while method.contains(where: { $0["id"]?.text == name }) { name += "x" }
      labels[position] = name
      return name
    }
    func renamed(_ node: YAMLNode) -> YAMLNode {
      guard let number = node.text.flatMap({ Int($0) }), let label = label(of: number) else {
        return node
      }
      return YAMLNode(.scalar(label, isPlain: true), at: node.mark)
    }
    for (position, node) in (experiment["invariants"]?.elements ?? []).enumerated() {
      guard let entry = node.entries?.first, let fault = entry.value["fault"] else { continue }
      let place = YAMLPlace.root.key("invariants").position(position).key(entry.key).key("fault")
      let value =
        fault.elements.map { YAMLNode(.sequence($0.map(renamed)), at: fault.mark) }
        ?? renamed(fault)
      reductions.append(Reduction("", place, value))
    }
    for number in order.indices { _ = label(of: number + 1) }
    reductions += labels.map { position, label in
      Reduction(
        "", YAMLPlace.root.key("method").position(position),
        method[position].setting("id", to: label))
    }
    return experiment.reduced(by: reductions)
  }
}
