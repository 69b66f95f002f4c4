import Basics
import Glibc
import Linux
import Synchronization

/// All that is asked, side by side, and what came of it.
struct Survey: Sendable {
  let options: TruthOptions
  let table: TruthTable
  let planted: PlantedHistories
  var process: TrialProcess

  init(_ options: TruthOptions) throws {
    self.options = options
    table = try TruthTable(file: options.table)
    planted = try PlantedHistories(index: options.index)
    try Files.makeFolder(options.reports)
    process = TrialProcess(
      program: options.program, folder: options.reports, underWay: ChildPrograms())
  }

  /// Asks everything, prints the table, keeps it, and answers the exit code: 0 where Faultline told the truth.
  func run() throws -> Int32 {
    let tally = try ask()
    if process.underWay.isOver { return 130 }
    let report = TruthReport(tally: tally)
    print(report.text)
    try Files.write(report.text + "\n", to: options.reports + "/table.md")
    try Files.write(report.document.text(indented: true), to: options.reports + "/truth.json")
    return tally.isTrue ? 0 : 1
  }

  /// Asks what the options leave.
  func ask() throws -> TruthTally {
    let results = Results()
    try process.underWay.watch()
    let work = pieces(results)
    try Crew(work, size: min(options.jobs, max(1, work.count))).run()
    return results.tally.withLock { $0 }.sorted(by: table)
  }

  /// What is known so far; written to by the whole crew.
  private final class Results: Sendable {
    let tally = Mutex(TruthTally())

    func add(_ change: (inout TruthTally) -> Void) { tally.withLock { change(&$0) } }
  }

  private func pieces(_ results: Results) -> [@Sendable () -> Crew.Load] {
    func part(
      _ part: TruthOptions.Part, _ pieces: () -> [@Sendable () -> Crew.Load]
    ) -> [@Sendable () -> Crew.Load] { options.parts.contains(part) ? pieces() : [] }
    return part(.defects) {
      wanted(table.defects, \.name).map { defect in
        {
          Hunt(defect: defect, survey: self).run { found in
            results.add { $0.defects.append(found) }
          }
        }
      }
    }
      + part(.clean) { cleanTrials.map { name, trial in { judge(name, trial, results) } } }
      + part(.effects) {
        wanted(table.effects, \.fault).map { effect in { feel(effect, results) } }
      }
      + part(.histories) {
        planted.rows.enumerated().map { place, row in
          {
            let complaint = PlantedHistories.complaint(of: row, process, named: "history-\(place)")
            results.add { tally in
              tally.histories += 1
              if let complaint { tally.misjudged.append(complaint) }
            }
            return .fine
          }
        }
      }
  }

  private func wanted<Row>(_ rows: [Row], _ name: KeyPath<Row, String>) -> [Row] {
    options.only.isEmpty ? rows : rows.filter { options.only.contains($0[keyPath: name]) }
  }

  /// Each experiment that finds defects without one, and the table's own correct runs with several seeds.
  private var cleanTrials: [(name: String, trial: Trial)] {
    var ofDefects: [(name: String, trial: Trial)] = []
    for defect in wanted(table.defects, \.name) {
      let name = (["without a defect", defect.experiment] + defect.settings).joined(separator: " ")
      if ofDefects.contains(where: { $0.name == name }) { continue }
      let seed = 1000 + ofDefects.count
      ofDefects.append(
        (name, Trial(experiment: defect.experiment, settings: defect.settings, seed: seed)))
    }
    guard options.only.isEmpty else { return ofDefects }
    return ofDefects
      + table.clean.flatMap { clean in
        (1...options.cleanSeeds).map { seed in
          let name = ([clean.experiment] + clean.settings).joined(separator: " ")
          return (name, Trial(experiment: clean.experiment, settings: clean.settings, seed: seed))
        }
      }
  }

  private func judge(_ name: String, _ trial: Trial, _ results: Results) -> Crew.Load {
    let answer = process.run(trial, named: "clean-\(trial.seed)-\(name.fileName)")
    // Where something is expected, the exit code says whether that is so.
    let verdict = answer.exitCode == 0 ? "valid" : answer.verdict
    let violated = answer.violated.joined(separator: ", ")
    results.add {
      $0.clean.append(
        TruthTally.Judged(
          name: name, seed: trial.seed, verdict: verdict,
          remark: violated.isEmpty ? answer.summary : violated))
    }
    tell("\(verdict == "valid" ? "valid" : verdict.uppercased())  \(name), seed \(trial.seed)")
    return answer.load
  }

  private func feel(_ effect: TruthTable.Effect, _ results: Results) -> Crew.Load {
    let (seen, load) = feel(effect, process, named: "effect-\(effect.fault)")
    results.add { $0.effects.append(seen) }
    tell("\(seen.isSeen ? "felt" : "NOT FELT")  \(effect.fault)")
    return load
  }

  /// Runs the experiment that has a fault as its only step, and looks whether it does what the table says.
  func feel(_ effect: TruthTable.Effect, _ process: TrialProcess, named name: String)
    -> (TruthTally.Seen, Crew.Load)
  {
    let file = "\(options.reports)/\(name).yaml"
    let text =
      "title: The effect of \(effect.fault)\ndescription: It must be felt.\n"
      + (table.bases[effect.base] ?? "") + "\nmethod:\n"
      + effect.steps.map { "  - \($0)\n" }.joined()
    do { try Files.write(text, to: file) } catch {
      return (TruthTally.Seen(fault: effect.fault, isSeen: false, remark: "\(error)"), .fine)
    }
    let answer = process.run(
      Trial(experiment: file, settings: effect.settings, seed: 1), named: name)
    let isSeen = answer.catches(effect.caughtBy) != nil
    return (
      TruthTally.Seen(
        fault: effect.fault, isSeen: isSeen, remark: isSeen ? "" : answer.whyNot(effect.caughtBy)),
      answer.load
    )
  }

  /// A line of progress, at once.
  func tell(_ line: String) {
    print("  " + line)
    fflush(nil)
  }
}

extension TruthTally {
  /// In the order of the table, whoever was finished first.
  fileprivate func sorted(by table: TruthTable) -> TruthTally {
    var sorted = self
    let defects = table.defects.map(\.name)
    let faults = table.effects.map(\.fault)
    sorted.defects.sort {
      defects.firstIndex(of: $0.defect.name) ?? 0 < defects.firstIndex(of: $1.defect.name) ?? 0
    }
    sorted.effects.sort {
      faults.firstIndex(of: $0.fault) ?? 0 < faults.firstIndex(of: $1.fault) ?? 0
    }
    sorted.clean.sort { ($0.name, $0.seed) < ($1.name, $1.seed) }
    sorted.misjudged.sort()
    return sorted
  }
}

extension Trial.Answer {
  /// Whether the machine had more to do than it bears.
  var load: Crew.Load {
    verdict == "unknown" && notes.contains { $0.contains("held up") } ? .stalled : .fine
  }

  /// What was said instead of what was sought.
  func whyNot(_ sought: TruthTable.Catch) -> String {
    guard let judged = invariants.first(where: { $0.name == sought.invariant }) else {
      return "\(verdict): \(summary)"
    }
    let others = violated.filter { $0 != sought.invariant }
    return "\(judged.verdict): \(judged.summary)"
      + (others.isEmpty ? "" : "; violated: \(others.joined(separator: ", "))")
  }
}

extension String {
  /// The same as a part of a file's name.
  var fileName: String {
    String(map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" })
  }
}
