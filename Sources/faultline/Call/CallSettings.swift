import Basics
import Linux
import Reports

/// How the runs of a call of `run` are made, as its options say.
struct CallSettings: Sendable {
  let jobs: Jobs
  /// Which of the runs are made; nil: all.
  let shard: RunShard?
  /// No more is begun once a run is not valid.
  let failsFast: Bool
  /// How long each run may take, and all of them; nil: however long.
  let timeout: Duration?
  let totalTimeout: Duration?
  let isJSON: Bool
  let isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    jobs = try Jobs(arguments)
    isJSON = arguments.has("json")
    isQuiet = arguments.has("quiet") || isJSON
    failsFast = arguments.has("fail-fast")
    if failsFast, arguments.has("keep-going") {
      throw UsageError("--fail-fast and --keep-going say the opposite; leave one out")
    }
    timeout = try arguments.duration("timeout")
    totalTimeout = try arguments.duration("total-timeout")
    guard let text = arguments.value("shard") else {
      shard = nil
      return
    }
    guard let shard = RunShard(text: text) else {
      throw UsageError(
        "--shard takes I/N, the first of four being 1/4 (N at most \(RunShard.most)), not '\(text)'"
      )
    }
    self.shard = shard
  }
}

/// `--jobs`: how many runs side by side.
struct Jobs: Sendable {
  /// To begin with.
  let count: Int
  /// `auto`: half of the processors to begin with, for a stack has servers of its own, and fewer as soon as a run shows
  /// that the harness was held up.
  let isAuto: Bool

  static let most: ClosedRange<UInt64> = 1...64

  init(_ arguments: Arguments) throws(UsageError) {
    isAuto = arguments.value("jobs") == "auto"
    guard !isAuto else {
      count = max(1, min(Int(Self.most.upperBound), Processors.online / 2))
      return
    }
    if let text = arguments.value("jobs"), UInt64(text) == nil {
      throw UsageError("--jobs takes a whole number or 'auto', not '\(text)'")
    }
    count = Int(try arguments.number("jobs", within: Self.most) ?? 1)
  }

  /// What a run that took so long and was held up for so long tells of the machine: more than a twentieth is too much.
  func load(stalled: Duration, of length: Duration) -> Crew.Load {
    isAuto && stalled * 20 > length ? .stalled : .fine
  }
}

extension Arguments {
  /// A duration above zero, when the option was given.
  func duration(_ name: String) throws(UsageError) -> Duration? {
    guard let text = value(name) else { return nil }
    guard let duration = Duration(text: text), duration > .zero else {
      throw UsageError("--\(name) takes a duration such as 10m, not '\(text)'")
    }
    return duration
  }
}

extension Option {
  static let jobs = Option(
    name: "jobs", value: "J",
    summary:
      "So many runs side by side, 1 by default; 'auto' begins with half of the processors and takes one less"
      + " whenever a run was held up.")
  static let shard = Option(
    name: "shard", value: "I/N",
    summary:
      "Only the I-th of N parts of the runs; each run is in exactly one. An empty part ends with 5."
  )
  static let timeout = Option(
    name: "timeout", value: "10m",
    summary: "How long a run may take: then it heals, judges what there is and ends with 8.")
  static let totalTimeout = Option(
    name: "total-timeout", value: "1h",
    summary: "The same for the whole call: the run under way ends so, and no more is begun.")
  static let failFast = Option(
    name: "fail-fast", value: nil,
    summary: "Begin no more once a run is not valid, and none where a file is wrong.")
  static let keepGoing = Option(
    name: "keep-going", value: nil,
    summary: "Run what can be run, whatever becomes of the others; so it is by default.")
  static let junit = Option(
    name: "junit", value: "FILE",
    summary: "Write JUnit of all runs there, too; reports/calls/latest/junit.xml has it anyway.")
  static let summaryFile = Option(
    name: "summary", value: "FILE",
    summary:
      "Write a summary in Markdown there, too; reports/calls/latest/summary.md has it anyway.")
}
