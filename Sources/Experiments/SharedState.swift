internal import Bindings
internal import Checking
internal import Histories
internal import YAML

/// Which workloads an invariant must judge together, and which it must not.
///
/// Two registers of one service under the same key are one register: judged by the writes of one workload
/// alone, a read of the other's would fit nowhere. Two sets of one store are apart, each workload reading its own
/// elements only: judged as one, each would miss the other's.
struct SharedState {
  /// A workload, as far as that matters.
  struct Party {
    let workload: InvariantReader.Traffic
    let service: String
    /// How the service is asked: where that differs, keys may.
    let client: ClientSettings
    /// Whoever else uses the service, what it does can be judged by itself.
    let standsAlone: Bool

    func shares(with other: Party) -> Bool {
      guard service == other.service, client == other.client, !standsAlone, !other.standsAlone
      else { return false }
      let functions = Set(workload.signatures.map(\.function))
      return other.workload.signatures.contains { functions.contains($0.function) }
    }
  }

  let parties: [Party]
  let kinds: [Vocabulary.InvariantKind]

  /// One sentence for each invariant that would judge too much or too little.
  func problems(of invariants: [Invariant]) -> [Problem] {
    invariants.compactMap { invariant in
      guard case .functions = invariant.feed else { return nil }
      let sentence =
        invariant.workload.map { alone(invariant, $0) } ?? together(invariant)
      return sentence.map { Problem(invariant.mark, "'\(invariant.name)' \($0)") }
    }
  }

  /// An invariant of one workload of whose keys another makes use.
  private func alone(_ invariant: Invariant, _ name: String) -> String? {
    guard let party = parties.first(where: { $0.workload.name == name }),
      let other = parties.first(where: { $0.workload.name != name && $0.shares(with: party) })
    else { return nil }
    return
      "judges '\(name)' alone, but '\(other.workload.name)' uses the same keys of '\(party.service)'; "
      + "give it a service of its own, or leave 'workload' out to judge both as one"
  }

  /// An invariant of all workloads that feed it, of which some have nothing to do with each other.
  private func together(_ invariant: Invariant) -> String? {
    let joins = kinds.first { $0.name == invariant.checker }?.joinsWorkloads ?? false
    let judged = parties.filter { invariant.feed.isServed(by: $0.workload.signatures) }
    guard !joins, judged.count > 1, let first = judged.first,
      judged.contains(where: { !$0.shares(with: first) && $0.workload.name != first.workload.name })
    else { return nil }
    let names = judged.map { "'\($0.workload.name)'" }.joined(separator: ", ")
    return "would judge \(names) as if they were one; name one with 'workload'"
  }
}
