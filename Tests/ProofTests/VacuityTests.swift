import Basics
import Checkers
import Checking
import Histories
import Testing

/// A history that proves nothing is never green: `unknown`, with a reason.
struct VacuityTests {
  static let checkers = Catalogue.all.map { $0.name }

  /// They judge what observers saw; no operation is needed.
  static let ofObservations = [
    "single-owner", "single-leader", "bounded", "address-returns", "encrypted", "unreadable",
    "unreachable", "secrets-kept",
    "as-predicted",
  ]

  /// What a checker cannot do without.
  static let required = [
    "staleness": ["bound": "1s"], "latency": ["below": "50ms"],
    "single-leader": ["component": "db"], "bounded": ["probe": "lag", "at-most": "5"],
    "unreadable": ["words": "secret", "port": "7102"], "encrypted": ["networks": "line"],
    "unreachable": ["from": "a", "to": "b", "ports": "5432"],
  ]

  @Test(arguments: checkers)
  func anEmptyHistoryIsUnknown(name: String) throws {
    for settings in Self.settings(name) {
      try expectUnknown(name, settings, HistoryBuilder().finish())
    }
  }

  /// Every fixture of the checker, with all its operations failed, or none ever answered.
  @Test(arguments: checkers, [Event.Kind.fail, .info])
  func aHistoryWithoutSuccessIsUnknown(name: String, kind: Event.Kind) throws {
    for fixture in Fixture.all where fixture.checker == name {
      let history = try fixture.history().with { operation in
        operation.outcome = kind == .fail ? .fail : .info
        operation.result = .none
        // For some the service's own no is a success.
        operation.error = .none
      }
      try expectUnknown(name, fixture.settings, history)
    }
  }

  /// No more than the clock ran: no operation was ever made, but faults and observers there were.
  @Test(arguments: checkers.filter { !ofObservations.contains($0) })
  func aHistoryWithoutClientsIsUnknown(name: String) throws {
    for fixture in Fixture.all where fixture.checker == name {
      let full = try fixture.history()
      let history = History(
        values: full.values, functions: full.functions, labels: full.labels, operations: [],
        faults: full.faults, observations: full.observations, hasTimes: full.hasTimes)
      try expectUnknown(name, fixture.settings, history)
    }
  }

  private static func settings(_ name: String) -> [[String: String]] {
    let given = Fixture.all.filter { $0.checker == name }.map(\.settings)
    return [required[name] ?? [:]] + given
  }

  private func expectUnknown(
    _ name: String, _ settings: [String: String], _ history: History
  ) throws {
    let finding = try checker(name, settings).check(history, within: .small)
    guard !Self.ofObservations.contains(name) || history.observations.isEmpty else { return }
    #expect(finding.verdict == .unknown, "\(settings): \(finding.summary)")
    #expect(finding.summary.count > 5, "\(settings)")
    #expect(finding.evidence.isEmpty)
  }
}
