import Basics
import Reports

struct CompareVerb: Verb {
  static let name = "compare"
  static let summary = "Hold runs after a change against runs before it, and say what became worse."
  static let usage = "OLD NEW [--tolerance 10%] [--json | --markdown]"
  static let options: [Option] = [
    .tolerance, .json,
    Option(
      name: "markdown", value: nil, summary: "Print it for a comment on a pull request."),
  ]
  static let notes = """
    OLD and NEW are folders: a run's, one that ends in -series, or one that holds many, such as reports. Runs of the
    same experiment on the same stack with the same --set are compared: how long until good answers, and until they
    stay (of each fault), availability and latency (p50, p99) of each workload, how often each invariant failed, and how
    many runs could not be judged. A change of a time also has to be more than 10ms of a failover or 1ms of an answer,
    one of availability more than 0.1 points; of failures and of runs that could not be judged nothing is tolerated.
    The chance that anything is called worse where nothing is, is at most 5% for all of it together (Mann and Whitney's
    test, Fisher's for rates, corrected by Holm); intervals are bootstrapped.
    Exit codes: 0 nothing became worse; 1 something did; 6 nobody knows: there are too few runs (it says how many are
    needed), the experiment's text is another, or something was run before and not since; 2 usage.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.count == 2 else {
      throw UsageError("'compare' takes two folders of runs: faultline compare OLD NEW")
    }
    if arguments.has("json"), arguments.has("markdown") {
      throw UsageError("it is printed once: --json or --markdown")
    }
    let tolerance = try arguments.tolerance()
    let sides = try arguments.operands.map { try StoredRuns(below: $0) }
    for note in sides.flatMap(\.notes) { standardError("warning: \(note)\n") }
    let comparison = RunComparison(old: sides[0].runs, new: sides[1].runs, tolerance: tolerance)
    if arguments.has("json") {
      show(comparison.json.text())
    } else if arguments.has("markdown") {
      show(comparison.markdown)
    } else {
      print(Closing.text(comparison))
    }
    return comparison.exit
  }
}

extension Arguments {
  /// How much worse something may become.
  func tolerance() throws(UsageError) -> Ratio {
    guard let text = value("tolerance") else { return RunComparison.usualTolerance }
    guard let tolerance = Ratio(text: text) else {
      throw UsageError("--tolerance takes a share such as 10%, not '\(text)'")
    }
    return tolerance
  }
}

extension Option {
  static let tolerance = Option(
    name: "tolerance", value: "SHARE",
    summary: "How much worse a time or an availability may become, of what it was; 10% by default.")
}
