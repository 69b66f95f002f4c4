import Basics
import Linux
import Synchronization

/// Leaves out one checker or fault after the other: each time the survey must notice.
///
/// The program must have been built with `-D CANARY`; it then leaves out what `FAULTLINE_CANARY` names.
struct Canaries: Sendable {
  private struct Outcome {
    var silent: [String] = []
    var noticed = 0
  }

  private final class Outcomes: Sendable {
    let all = Mutex(Outcome())
  }

  let survey: Survey

  init(_ survey: Survey) { self.survey = survey }

  /// 0 where each of them was noticed, and there is none that nothing in the table needs.
  func run() throws -> Int32 {
    let outcomes = Outcomes()
    try survey.process.underWay.watch()
    try Crew(pieces(outcomes), size: survey.options.jobs).run()
    let missing = survey.options.only.isEmpty ? try unneeded() : []
    for name in missing { print("  nothing in the table needs \(name)") }
    let (silent, noticed) = outcomes.all.withLock { ($0.silent, $0.noticed) }
    print(
      "canaries: \(noticed) noticed, \(silent.count) not noticed, "
        + "\(missing.count) that nothing needs")
    return silent.isEmpty && missing.isEmpty ? 0 : 1
  }

  private func pieces(_ outcomes: Outcomes) -> [@Sendable () -> Crew.Load] {
    let checkers = watchedCheckers.filter(isWanted).map { checker in
      piece("checker:\(checker)", outcomes) { process in
        let rows = survey.planted.rows.filter { $0.checker == checker }
        return rows.allSatisfy {
          PlantedHistories.complaint(of: $0, process, named: "canary-\(checker)") != nil
        }
      }
    }
    let faults = survey.table.effects.filter { isWanted($0.fault) }.map { effect in
      piece("fault:\(effect.fault)", outcomes) { process in
        !survey.feel(effect, process, named: "canary-\(effect.fault)").0.isSeen
      }
    }
    return checkers + faults
  }

  private func piece(
    _ name: String, _ outcomes: Outcomes, isNoticed: @escaping @Sendable (TrialProcess) -> Bool
  ) -> @Sendable () -> Crew.Load {
    {
      var process = survey.process
      process.environment = ["FAULTLINE_CANARY=\(name)"]
      let isNoticed = isNoticed(process)
      survey.tell("\(isNoticed ? "noticed" : "NOT NOTICED"): without \(name)")
      outcomes.all.withLock {
        if isNoticed { $0.noticed += 1 } else { $0.silent.append(name) }
      }
      return .fine
    }
  }

  private var watchedCheckers: [String] { Set(survey.planted.rows.map(\.checker)).sorted() }

  private func isWanted(_ name: String) -> Bool {
    survey.options.only.isEmpty || survey.options.only.contains(name)
  }

  /// Checkers and faults that could be left out and nobody would notice.
  private func unneeded() throws -> [String] {
    let (output, _) = survey.process.run(["list", "--json"], named: "list")
    let list = try JSON(reading: output)
    func names(_ key: String) -> [String] { list[key]?.elements.compactMap(\.text) ?? [] }
    let felt = Set(survey.table.effects.map(\.fault))
    return names("checkers").filter { !watchedCheckers.contains($0) }.map { "checker:\($0)" }
      + names("faults").filter { !felt.contains($0) }.map { "fault:\($0)" }
  }
}
