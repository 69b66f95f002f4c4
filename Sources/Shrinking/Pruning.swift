internal import YAML

/// What is left of invariants once steps and workloads that they name are gone.
struct Pruning {
  let experiment: YAMLNode
  /// Whose violation is looked for: it stays as it is, and where it names what is gone, no plan can be made.
  let invariant: String

  /// The experiment without names of steps and workloads that there are no more, and without the invariants of which
  /// nothing is left.
  var pruned: YAMLNode {
    var reductions: [Reduction] = []
    for (position, node) in (experiment["invariants"]?.elements ?? []).enumerated() {
      guard let entry = node.entries?.first,
        (entry.value["name"]?.text ?? entry.key) != invariant
      else { continue }
      let place = YAMLPlace.root.key("invariants").position(position)
      if let workload = entry.value["workload"]?.text, !workloads.contains(workload) {
        reductions.append(Reduction("", dropping: [place]))
      } else if let fault = entry.value["fault"] {
        reductions += pruned(fault, at: place.key(entry.key).key("fault"), of: place)
      }
    }
    return reductions.isEmpty ? experiment : experiment.reduced(by: reductions)
  }

  private func pruned(
    _ fault: YAMLNode, at place: YAMLPlace, of invariant: YAMLPlace
  ) -> [Reduction] {
    let named = fault.elements ?? [fault]
    let left = named.filter { node in
      guard let text = node.text, Int(text) == nil else { return true }
      return steps.contains(text)
    }
    guard left.count < named.count else { return [] }
    guard !left.isEmpty else { return [Reduction("", dropping: [invariant])] }
    return [Reduction("", place, YAMLNode(.sequence(left), at: fault.mark))]
  }

  private var workloads: Set<String> { Set((experiment["workloads"]?.entries ?? []).map(\.key)) }

  /// The ids of all steps, those in lanes included.
  private var steps: Set<String> {
    func ids(_ node: YAMLNode) -> [String] {
      let lanes = node["lanes"]?.elements?.flatMap { $0.elements ?? [$0] } ?? []
      return [node["id"]?.text].compactMap(\.self) + lanes.flatMap(ids)
    }
    return Set((experiment["method"]?.elements ?? []).flatMap(ids))
  }
}
