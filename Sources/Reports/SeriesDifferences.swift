internal import Basics

/// What differed between runs that should have been alike: the versions of servers, and whom a fault hit.
struct SeriesDifferences {
  let runs: [RunSeries.Run]
  let original: RunSeries.Run?

  /// One for each thing that differed; empty where nothing did.
  var sentences: [String] {
    differing { run in run.servers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
      + differing { run in run.targets.map { ($0.fault, $0.nodes) } }
  }

  private func differing(_ facts: (RunSeries.Run) -> [(String, String)]) -> [String] {
    var order: [String] = []
    var seen: [String: [(value: String, runs: [String])]] = [:]
    let all = (original.map { [$0] } ?? []) + runs.filter { !$0.invariants.isEmpty }
    for run in all {
      let place = run.number == 0 ? "the original" : "run \(run.number)"
      for (what, value) in facts(run) {
        if seen[what] == nil { order.append(what) }
        var known = seen[what] ?? []
        if let index = known.firstIndex(where: { $0.value == value }) {
          known[index].runs.append(place)
        } else {
          known.append((value, [place]))
        }
        seen[what] = known
      }
    }
    return order.compactMap { what in
      guard let known = seen[what], known.count > 1 else { return nil }
      let parts = known.map { value, runs in
        let shown = runs.count > 3 ? "\(runs.count) runs" : runs.joined(separator: ", ")
        return "\(value.isEmpty ? "nobody" : value) (\(shown))"
      }
      return "\(what): \(parts.joined(separator: "; "))"
    }
  }
}
