import Checking
import Basics
import Histories

/// What was decided, part by part, on the way to a finding.
struct Tally {
  private var operations = 0
  private var zoneKeys = 0
  private var searchKeys = 0
  private var valid = 0
  private var unknown = 0
  private var invalid = 0
  private var skipped = 0
  private var explored = 0
  private var peakConfigurations = 0
  private var peakBytes = 0
  /// Whether anything that succeeded could have been wrong.
  var isConstrained = false
  private var undecided: [String] = []
  private var evidence: [Evidence] = []
  /// Why the model could not judge the history, and at which operation.
  var obstacle: (operation: Int, reason: String)?

  /// How many violations are worth listing.
  private static var evidenceLimit: Int { 16 }

  mutating func take(
    _ zones: Zones, _ conflicts: [ZoneConflict], _ history: History, initial: Value
  ) {
    let judged = zones.isUnsuitable.count { !$0 }
    zoneKeys = judged
    for (count, isUnsuitable) in zip(zones.operationCounts, zones.isUnsuitable)
    where !isUnsuitable {
      operations += count
    }
    invalid += conflicts.count
    valid += judged - conflicts.count
    if zones.isConstrained { isConstrained = true }
    guard !conflicts.isEmpty else { return }
    evidence += ZoneConflict.evidence(
      Array(conflicts.prefix(Self.evidenceLimit)), in: history, initial: initial)
  }

  var isViolated: Bool { invalid > 0 }

  /// Keys that are not judged, because one that has no order is enough.
  mutating func skip(_ keys: Int) { skipped += keys }

  mutating func take(_ decision: Epochs.Decision, _ calls: TextCalls) {
    switch decision {
    case .undecided: return
    case .valid: valid += 1
    case .invalid(let conflict):
      invalid += 1
      if evidence.count < Self.evidenceLimit { evidence.append(conflict.evidence) }
    }
    zoneKeys += 1
    operations += calls.count
    if !calls.gets.isEmpty { isConstrained = true }
  }

  mutating func take(
    _ outcomes: [PartOutcome], _ isConstrained: Bool, _ history: History
  ) {
    if isConstrained { self.isConstrained = true }
    searchKeys += outcomes.count
    for outcome in outcomes {
      operations += outcome.calls
      explored += outcome.explored
      peakConfigurations = max(peakConfigurations, outcome.peakConfigurations)
      peakBytes = max(peakBytes, outcome.peakBytes)
      switch outcome.verdict {
      case .valid: valid += 1
      case .invalid: invalid += 1
      case .unknown:
        unknown += 1
        undecided.append(
          "\(history.values.describe(outcome.part)): \(outcome.decided) of \(outcome.calls)")
      }
      guard let failure = outcome.failure, evidence.count < Self.evidenceLimit else { continue }
      evidence.append(failure.evidence(key: outcome.part, history))
    }
  }

  private var verdict: Verdict {
    if invalid > 0 { return .invalid }
    return obstacle != nil || unknown > 0 || !isConstrained ? .unknown : .valid
  }

  func finding(_ model: String, _ history: History, _ budget: Budget) -> Finding {
    Finding(
      checker: Linearizable.name, verdict: verdict, summary: summary(history, budget), model: model,
      operations: operations, figures: figures, evidence: evidence)
  }

  private func summary(_ history: History, _ budget: Budget) -> String {
    let keys = valid + invalid + unknown + skipped
    if let first = evidence.first {
      let others = skipped > 0 ? " (\(skipped) not judged)" : ""
      return keys == 1
        ? first.summary : "\(invalid) of \(keys) keys violated\(others): \(first.summary)"
    }
    if let obstacle { return "operation \(obstacle.operation): \(obstacle.reason)" }
    if !isConstrained { return "nothing to judge: no answer that could have been wrong" }
    if unknown > 0 {
      let spent =
        budget.isSpent()
        ? "the time budget was spent" : "the memory budget of \(budget.memoryBytes) bytes was spent"
      return "\(spent): \(unknown) of \(keys) keys are undecided"
    }
    return "\(operations) operations on \(keys) \(keys == 1 ? "key" : "keys") have an order"
  }

  private var figures: JSON {
    [
      "keys": .integer(valid + invalid + unknown + skipped),
      "valid": .integer(valid), "invalid": .integer(invalid), "unknown": .integer(unknown),
      "not-judged": .integer(skipped),
      "algorithm": .string(
        zoneKeys == 0 ? "search" : searchKeys == 0 ? "zones" : "zones and search"),
      "keys-by-zones": .integer(zoneKeys), "keys-by-search": .integer(searchKeys),
      "configurations": .integer(explored),
      "peak-configurations": .integer(peakConfigurations),
      "search-bytes": .integer(peakBytes),
      "undecided": .strings(undecided.prefix(Self.evidenceLimit)),
    ]
  }
}

extension Failure {
  func evidence(key: Value, _ history: History) -> Evidence {
    let values = history.values
    let culprit = history.operations[operation]
    let name = history.name(culprit.function)
    let value = culprit.result.isNone ? culprit.argument : culprit.result
    let place = key.isNone ? "" : "key \(values.describe(key)): "
    let states = states.joined(separator: " or ") + (stateCount > states.count ? " or …" : "")
    var operations = [operation]
    for other in lastChanges + concurrent where !operations.contains(other) {
      operations.append(other)
    }
    return Evidence(
      kind: "not linearizable",
      summary: "\(place)\(name) \(values.describe(value)) by process \(culprit.process) fits "
        + "nowhere: after \(prefix) operations the state was \(states)",
      operations: operations)
  }
}
