public import Basics
public import Statistics
public import YAML

/// What a search for the smallest failing experiment came to.
public struct ShrinkingOutcome: Sendable {
  /// The smallest that still fails, or the experiment itself; with its stack where that was made smaller, too.
  let smallest: YAMLNode
  /// The smallest experiment that still fails, or the experiment itself.
  public var experiment: YAMLNode { ShrinkingCase.parts(of: smallest).experiment }
  /// The stack that it runs on; nil where that was not to be touched.
  public var stack: YAMLNode? { ShrinkingCase.parts(of: smallest).stack }
  /// What was taken away, in order; of a number that was halved again and again, the first and the last.
  public var carried: [String] { Self.summedUp(steps) }
  let steps: [String]
  /// The invariant whose violation was looked for.
  public let invariant: String
  /// How often the experiment itself failed in this way.
  public let reference: Proportion
  /// How often this one did in the runs that chose it.
  public let searched: Proportion
  /// How often it did in fresh runs; these alone tell its rate.
  public let confirmed: Proportion
  /// How many smaller ones were given up because fresh runs contradicted the search.
  public let contradicted: Int
  /// Why the search ended before its time; nil where nothing more could be taken away.
  public let stopped: String?
  /// How many candidates were asked about.
  public let candidates: Int
  /// How many runs that took.
  public let runs: Int

  /// Whether the experiment itself failed at all.
  public var isReproduced: Bool { reference.count > 0 }

  /// Whether there is a smaller one, and fresh runs of it failed.
  public var isConfirmed: Bool { !steps.isEmpty && confirmed.count > 0 }

  /// What was found, a sentence a line.
  public var sentences: [String] {
    guard isReproduced else {
      let reason = stopped.map { "; \($0)" } ?? ""
      return [
        "the violation of '\(invariant)' was not seen again: \(reference.text)\(reason); nothing was taken away"
      ]
    }
    var lines = ["fails in the same way, by '\(invariant)': \(rate)"]
    lines.append("the experiment that it was made of: \(reference.text)")
    lines.append("\(runs) runs of \(candidates) candidates")
    if contradicted > 0 {
      lines.append("\(contradicted) smaller ones were given up: fresh runs of them hardly failed")
    }
    lines.append(
      stopped.map { "not minimal: \($0) before everything was tried" }
        ?? (contradicted > 0
          ? "not known to be minimal" : "1-minimal: nothing that was tried can be taken away alone")
    )
    return lines
  }

  /// `rate: 2/s instead of 4/s` after `rate: 4/s instead of 8/s` is `rate: 2/s instead of 8/s`.
  static func summedUp(_ steps: [String]) -> [String] {
    var result: [String] = []
    for step in steps {
      guard let (what, _, new) = parts(of: step),
        let place = result.firstIndex(where: { parts(of: $0)?.what == what }),
        let before = parts(of: result[place])
      else {
        result.append(step)
        continue
      }
      result[place] = "\(what): \(new) instead of \(before.old)"
    }
    return result
  }

  private static func parts(of step: String) -> (what: String, old: Substring, new: Substring)? {
    guard let middle = step.firstRange(of: " instead of "),
      let colon = step[..<middle.lowerBound].ranges(of: ": ").last
    else { return nil }
    return (
      String(step[..<colon.lowerBound]), step[middle.upperBound...],
      step[colon.upperBound..<middle.lowerBound]
    )
  }

  private var rate: String {
    if carried.isEmpty {
      return stopped == nil ? "nothing could be taken away" : "nothing was taken away"
    }
    if confirmed.trials > 0 { return confirmed.text + ", fresh runs only" }
    return "no fresh run was made; \(searched.counts) in the runs that chose it, which flatter it"
  }

  /// The same for machines.
  ///
  /// - Parameter minimal: the path of the file with the smallest experiment.
  public func json(minimal: String) -> JSON {
    func rate(_ seen: Proportion) -> JSON {
      let interval = seen.wilson()
      return [
        "failed": .integer(seen.count), "runs": .integer(seen.trials),
        "interval": [.number(interval.lowerBound), .number(interval.upperBound)],
      ]
    }
    return [
      "verdict": .string(isReproduced ? "invalid" : "unknown"), "invariant": .string(invariant),
      "minimal": isReproduced ? .string(minimal) : .null, "original": rate(reference),
      "search": rate(searched), "fresh": rate(confirmed), "takenAway": .strings(carried),
      "contradicted": .integer(contradicted), "stopped": .optional(stopped) { .string($0) },
      "candidates": .integer(candidates), "allRuns": .integer(runs),
    ]
  }

  /// The smallest experiment as a file, with what was tried above it.
  ///
  /// - Parameters:
  ///   - run: the name of the run that it was made of.
  ///   - command: what runs it again.
  ///   - stack: the path of the stack's file, for an experiment that names it by a path seen from its own.
  ///   - smaller: the name of the file beside this one that has the smaller stack; nil where the stack is as it was.
  public func file(
    of run: String, command: String, stack: String, smaller: String? = nil
  ) -> String {
    let taken = carried.isEmpty ? [] : ["Taken away:"] + carried.map { "  \($0)" }
    let lines =
      ["The smallest experiment that fails as \(run) did, as far as was tried."]
      + sentences.map { "  \($0)" } + ["Again: \(command)"] + taken
    let comment = lines.flatMap { $0.split(separator: "\n") }.map { "# \($0)\n" }.joined()
    let isPath = experiment["stack"]?.text?.hasSuffix(".yaml") ?? false
    let named = smaller ?? (isPath ? stack : nil)
    return comment + (named.map { experiment.setting("stack", to: $0) } ?? experiment).written
  }
}
