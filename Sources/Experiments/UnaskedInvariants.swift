internal import Basics
internal import Checking
internal import Histories
internal import Stacks
internal import YAML

/// The invariants that are judged although nobody wrote them: a run that has not recovered, two
/// leaders of one component, a secret in a log, and the natural question to each workload that nothing else asks, are
/// never green for want of a question.
struct UnaskedInvariants {
  let kinds: [Vocabulary.InvariantKind]
  let stack: ResolvedStack
  let workloads: [InvariantReader.Traffic]
  let settle: Settle
  let mark: Mark

  /// - Parameter names: taken already.
  func beside(_ written: [Invariant], names: [String]) -> [Invariant] {
    var all = written
    for workload in workloads { all += natural(for: workload, beside: all) }
    all += leaders(beside: all)
    all += secrets(beside: all)
    all += settles(beside: all)
    var taken = Set(names)
    return all.dropFirst(written.count).map { invariant in
      var invariant = invariant
      let subject = invariant.workload ?? invariant.settings.text("component") ?? ""
      if taken.contains(invariant.name) { invariant.name += "-" + subject }
      while taken.contains(invariant.name) { invariant.name += "'" }
      taken.insert(invariant.name)
      return invariant
    }
  }

  private func make(
    _ kind: Vocabulary.InvariantKind, _ settings: Settings, workload: String? = nil, _ why: String
  ) -> [Invariant] {
    var settings = settings
    if let workload, kind.schema.key(named: "workload") != nil {
      settings["workload"] = .text(workload)
    }
    guard case .success(let meaning) = kind.meaning(settings) else { return [] }
    return [
      Invariant(
        name: kind.name, checker: kind.name, workload: workload, fault: nil, settings: settings,
        feed: meaning.feed, unasked: why, mark: mark)
    ]
  }

  private func natural(
    for workload: InvariantReader.Traffic, beside all: [Invariant]
  ) -> [Invariant] {
    let looking = all.filter { $0.workload == nil || $0.workload == workload.name }
      .filter { $0.feed != .observations && $0.feed.isServed(by: workload.signatures) }
    let isJudgedByContent = looking.contains {
      if case .functions = $0.feed { true } else { false }
    }
    var found: [Invariant] = []
    if !isJudgedByContent {
      for kind in kinds {
        guard case .success(let meaning) = kind.meaning(.none),
          kind.unasked.isNatural(for: workload.signatures, fedBy: meaning.feed)
        else { continue }
        found += make(kind, .none, workload: workload.name, "natural for its functions")
      }
    }
    guard looking.isEmpty, found.isEmpty else { return found }
    for kind in kinds where kind.unasked == .whereNothingElse {
      found += make(kind, .none, workload: workload.name, "nothing else looks at the workload")
    }
    return found
  }

  private func leaders(beside all: [Invariant]) -> [Invariant] {
    guard let kind = kinds.first(where: { $0.unasked == .exclusiveRoles }) else { return [] }
    return stack.exclusiveRoles.flatMap { rule -> [Invariant] in
      let isWritten = all.contains {
        $0.checker == kind.name && $0.settings.text("component") == rule.component
      }
      guard !isWritten else { return [] }
      let settings = Settings([
        "component": .text(rule.component), "roles": .list(rule.roles.map { .text($0) }),
        "overlap": .duration(rule.overlap),
      ])
      return make(kind, settings, "its component says that the role is exclusive")
    }
  }

  private func secrets(beside all: [Invariant]) -> [Invariant] {
    guard let kind = kinds.first(where: { $0.unasked == .secrets }), !stack.secretValues.isEmpty,
      !all.contains(where: { $0.checker == kind.name })
    else { return [] }
    return make(kind, .none, "the stack has secrets")
  }

  private func settles(beside all: [Invariant]) -> [Invariant] {
    guard let kind = kinds.first(where: { $0.unasked == .everyRun }), !workloads.isEmpty,
      !all.contains(where: { $0.checker == kind.name })
    else { return [] }
    return make(kind, Settings(["for": .duration(settle.holds)]), "every run must recover")
  }
}
