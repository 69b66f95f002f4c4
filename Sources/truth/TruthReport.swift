import Basics
import Statistics

/// The tally as people and programs read it.
struct TruthReport {
  let tally: TruthTally

  /// A table in Markdown: defect, caught by, after how many seconds, evidence.
  var text: String {
    var lines: [String] = []
    if !tally.defects.isEmpty {
      lines += ["| defect | caught by | after | seeds | evidence |", "|---|---|---|---|---|"]
      lines += tally.defects.map(line)
      lines.append("")
    }
    for seen in tally.effects where !seen.isSeen {
      lines.append("not felt: \(seen.fault): \(seen.remark)")
    }
    for judged in tally.clean where judged.verdict != "valid" {
      lines.append(
        "correct, yet \(judged.verdict): \(judged.name), seed \(judged.seed): \(judged.remark)")
    }
    lines += tally.misjudged.map { "misjudged: \($0)" }
    if !tally.clean.isEmpty {
      let interval = Proportion(tally.falseAlarms, of: tally.clean.count).exact()
      lines.append(
        "false alarms: \(tally.falseAlarms) of \(tally.clean.count), 95 % interval "
          + "\(percent(interval.lowerBound)) to \(percent(interval.upperBound)); "
          + "\(tally.undecided) without a verdict")
    }
    if !tally.defects.isEmpty {
      let interval = Proportion(tally.foundCount, of: tally.defects.count).exact()
      lines.append(
        "detection rate: \(tally.foundCount) of \(tally.defects.count), 95 % interval "
          + "\(percent(interval.lowerBound)) to \(percent(interval.upperBound))")
    }
    return (lines + [tally.lastLine]).joined(separator: "\n")
  }

  private func line(_ found: TruthTally.Found) -> String {
    guard let evidence = found.evidence else {
      return "| \(found.defect.name) | NOT FOUND by \(found.defect.caughtBy.invariant) | – | "
        + "\(found.seeds) | \(found.remark) |"
    }
    let after = found.seconds.map { "\(Decimal.trimmed($0, decimals: 1)) s" } ?? "–"
    return
      "| \(found.defect.name) | \(found.defect.caughtBy.invariant) | \(after) | \(found.seeds) | "
      + "\(evidence.kind), \(evidence.operations) operations |"
  }

  private func percent(_ share: Double) -> String {
    "\(Decimal.trimmed(share * 100, decimals: 1)) %"
  }

  /// The same for programs.
  var document: JSON {
    [
      "line": .string(tally.lastLine), "true": .bool(tally.isTrue),
      "medianSeconds": .optional(tally.medianSeconds) { .number($0) },
      "defects": .array(
        tally.defects.map { found in
          [
            "defect": .string(found.defect.name),
            "experiment": .string(found.defect.experiment),
            "caughtBy": .string(found.defect.caughtBy.invariant),
            "found": .bool(found.evidence != nil),
            "evidence": .optional(found.evidence) { .string($0.kind) },
            "operations": .optional(found.evidence) { .integer($0.operations) },
            "seconds": .optional(found.seconds) { .number($0) },
            "seeds": .integer(found.seeds), "remark": .string(found.remark),
          ]
        }),
      "clean": .array(
        tally.clean.map { judged in
          [
            "name": .string(judged.name), "seed": .integer(judged.seed),
            "verdict": .string(judged.verdict), "remark": .string(judged.remark),
          ]
        }),
      "effects": .array(
        tally.effects.map { seen in
          [
            "fault": .string(seen.fault), "felt": .bool(seen.isSeen),
            "remark": .string(seen.remark),
          ]
        }),
      "misjudged": .strings(tally.misjudged),
    ]
  }
}
