import Basics
import Experiments
import Harness
import Linux
import Reports
import YAML

struct PlanVerb: Verb {
  static let name = "plan"
  static let summary =
    "Print what a run would do, with resolved times, and how long it takes; start nothing."
  static let usage = "FILE... [--seed N] [--set KEY=VALUE] [--reports DIR] [--trust] [--json]"
  static let options: [Option] = [
    .seed, .parameter,
    Option(
      name: "reports", value: "DIR",
      summary:
        "Where the newest run of the file is, which shows how long one takes; ./reports by default."
    ),
    .trust, .json,
  ]
  static let notes = """
    How long a run takes is said from its gates and its schedule, and from the newest run of the file where there is
    one; of several files, and of repeats, the sum, one after another. What is wrong with one file keeps no other from
    being planned; the exit code is then 2, or 7 where this machine lacks something.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'plan' needs at least one experiment: faultline plan FILE...")
    }
    let project = try Project.here()
    let seed = try arguments.number("seed") ?? Ticket.seed()
    let parameters = try arguments.parameters().map { ($0.key, $0.value) }
    let reports = try project.reports(arguments.value("reports"))
    let loader = try project.loader(arguments.trust)
    var lengths: [ExpectedLength] = []
    var codes: [ExitCode] = [.valid]
    for file in arguments.operands {
      let path = try project.path(of: file)
      let made = Result { () throws(Problems) in
        try loader.experiment(path, set: parameters, seed: seed)
      }
      switch made {
      case .failure(let problems): codes.append(Faultline.complain(problems))
      case .success(let plan):
        try arguments.warnOfBareSecrets(of: plan.stack)
        for warning in plan.warnings { standardError("warning: \(warning)\n") }
        let length = ExpectedLength(of: plan, in: reports)
        lengths.append(length)
        if arguments.has("json") {
          show(plan.json.adding("expected", length.json).text())
        } else {
          show(plan.text + "\n" + length.text)
        }
      }
    }
    if lengths.count > 1, !arguments.has("json") { show("\n" + ExpectedLength.total(lengths)) }
    return .worst(codes)
  }
}

/// How long the runs of a plan take, as far as can be said before they are.
struct ExpectedLength {
  private let planned: RunLength
  /// How long the newest run of the file took from its start to its end; nil where there is none that went as planned.
  private let measured: Duration?
  private let repeats: Int

  /// - Parameter reports: where the newest run of the file is looked for.
  init(of plan: Plan, in reports: String) {
    planned = RunLength(plan)
    repeats = plan.repeats
    measured = Self.newest(of: plan, in: reports)
  }

  /// Only a run that was judged, with the same schedule, says how long the next takes.
  private static func newest(of plan: Plan, in reports: String) -> Duration? {
    guard let document = try? StoredRun(RunFolder.newest(of: plan, in: reports)).document,
      let code = document["exitCode"]?.number, [0, 1, 6].contains(code),
      let milliseconds = document["milliseconds"]?.number, milliseconds > 0,
      document["plan"]?["schedule"] == plan.outline["schedule"]
    else { return nil }
    return .nanoseconds(Int64(exactly: (milliseconds * 1e6).rounded()) ?? 0)
  }

  /// The best guess for all of its runs.
  private var guess: Duration { (measured ?? planned.least) * repeats }

  var text: String {
    let range = "\(Self.text(planned.least)) to \(Self.text(planned.most))"
    let known = measured.map { "; the newest run took \(Self.text($0))" } ?? ""
    let many = repeats > 1 ? "; \(repeats) runs, about \(Self.text(guess)) one at a time" : ""
    return "takes \(range) by its gates and schedule, and bringing up and judging\(known)\(many)"
  }

  var json: JSON {
    [
      "leastMilliseconds": .milliseconds(planned.least),
      "mostMilliseconds": .milliseconds(planned.most),
      "measuredMilliseconds": .optional(measured) { .milliseconds($0) },
      "runs": .integer(repeats),
    ]
  }

  static func total(_ lengths: [ExpectedLength]) -> String {
    let runs = lengths.map(\.repeats).reduce(0, +)
    let sum = lengths.map(\.guess).reduce(.zero, +)
    let unmeasured = lengths.count { $0.measured == nil }
    let doubt =
      unmeasured == 0
      ? ""
      : "; of \(unmeasured) of these files no run is known, so bringing up and judging come on top"
    return
      "total: \(lengths.count) experiments, \(runs) runs, about \(text(sum)) one at a time\(doubt)"
  }

  /// `31 s`, `4 min 5 s`.
  private static func text(_ duration: Duration) -> String {
    let seconds = Int(duration.seconds.rounded(.up))
    if seconds < 120 { return "\(seconds) s" }
    let rest = seconds % 60
    return "\(seconds / 60) min" + (rest == 0 ? "" : " \(rest) s")
  }
}
