public import Basics
internal import Checking

extension RunComparison {
  /// Every number a person sees, for machines.
  public var json: JSON {
    [
      "verdict": .string(verdict.rawValue), "exitCode": .integer(Int64(exit.rawValue)),
      "summary": .string(headline), "tolerance": .number(tolerance.value),
      "level": .number(ComparedFigure.level),
      "runs": ["old": .integer(runs.old), "new": .integer(runs.new)],
      "needed": .optional(needed) { .integer($0) },
      "experiments": .array(experiments.map(\.json)),
      "onlyOld": .array(onlyOld.map(\.json)), "onlyNew": .array(onlyNew.map(\.json)),
    ]
  }

  /// For the comment on a pull request: what became worse or could not be told first, all figures below it.
  public var markdown: String {
    var lines = ["### \(exit.word): \(headline.markdown)", ""]
    for experiment in experiments {
      lines += ["**\(experiment.head.markdown)**", ""]
      lines += experiment.notes.map { "- \($0.markdown)" }
      if !experiment.notes.isEmpty { lines.append("") }
      let (news, rest) = (
        experiment.figures.filter { $0.outcome != .same },
        experiment.figures.filter { $0.outcome == .same }
      )
      if !news.isEmpty { lines += Self.table(news) + [""] }
      guard !rest.isEmpty else { continue }
      lines += ["<details><summary>\(rest.count) no worse</summary>", ""]
      lines += Self.table(rest) + ["", "</details>", ""]
    }
    lines += sides.map { "- \($0.markdown)" }
    if !sides.isEmpty { lines.append("") }
    lines.append(
      "Medians of runs, and rates. The interval of a change is that of 95 % by itself; p is corrected for all "
        + "questions at once (Holm), and worse is what is below 0.05 and beyond \(tolerance).")
    return lines.joined(separator: "\n")
  }

  private static func table(_ figures: [Judged]) -> [String] {
    ["| | figure | before | since | change (95 %) | p |", "|---|---|---|---|---|---|"]
      + figures.map { judged in
        let shown = judged.figure.shown
        let cells = [
          judged.outcome == .worse ? "**worse**" : judged.outcome.rawValue,
          judged.figure.name.markdown, shown.old, shown.new, judged.figure.change,
          judged.chance?.markdown ?? "",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
      }
  }
}

extension RunComparison.Experiment {
  fileprivate var json: JSON {
    [
      "experiment": variant.json,
      "runs": ["old": .integer(runs.old), "new": .integer(runs.new)],
      "differs": .bool(differs), "notes": .strings(notes),
      "figures": .array(figures.map(\.json)),
    ]
  }
}

extension ComparedRun.Variant {
  fileprivate var json: JSON {
    ["stack": .string(stack), "name": .string(experiment), "set": .strings(set)]
  }
}

extension RunComparison.Judged {
  fileprivate var json: JSON {
    let (counts, interval) = (figure.counts, figure.interval)
    return [
      "figure": .string(figure.name), "outcome": .string(outcome.rawValue),
      "runs": ["old": .integer(counts.old), "new": .integer(counts.new)],
      "old": .string(figure.shown.old), "new": .string(figure.shown.new),
      "change": .string(figure.change),
      "interval": .optional(interval) { [.finite($0.lowerBound), .finite($0.upperBound)] },
      "p": .optional(probability) { .number($0) },
    ]
  }
}

extension JSON {
  /// What is no finite number has none in JSON.
  fileprivate static func finite(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .null
  }
}

extension String {
  /// Text that may stand in a line or a cell of a table of GitHub's Markdown, and is nothing but text there.
  fileprivate var markdown: String {
    var text = ""
    for character in markup(plainLine) {
      if "\\`*_[]|~".contains(character) { text.append("\\") }
      text.append(character)
    }
    return text
  }
}
