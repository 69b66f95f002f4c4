public import Basics
internal import Checking

/// One call of `faultline run`: what it was asked for, in order, and what came of each. Every file that a call leaves is
/// a function of this.
public struct RunCall: Sendable {
  /// The command line, without secrets.
  public var command: String
  /// When it began by the wall clock, in nanoseconds since 1970.
  public var startedNanoseconds: Int64
  /// The same as ISO 8601.
  public var started: String
  /// From its start to its end.
  public var duration: Duration
  /// Which part of all runs this call makes; nil: all.
  public var shard: RunShard?
  /// Why nothing was begun at all, in one sentence: the command line was wrong, or the shard is empty.
  public var refusal: Refusal?
  /// In the order in which they were asked for.
  public var parts: [Part]

  /// Something that was asked for.
  public enum Part: Sendable {
    /// It was run, or its file was refused.
    case run(RunOutcome)
    /// Several runs of one experiment, and what they came to together.
    case series(SeriesOutcome)
    /// It was not begun.
    case missed(MissedRun)
  }

  /// Why nothing of a call was begun.
  public struct Refusal: Sendable {
    /// Its cause.
    public var exit: ExitCode
    /// One sentence.
    public var sentence: String

    /// The sentence is shown as it is.
    public init(exit: ExitCode, sentence: String) {
      self.exit = exit
      self.sentence = sentence
    }
  }

  /// A call that has only begun.
  public init(command: String, startedNanoseconds: Int64, started: String) {
    self.command = command
    self.startedNanoseconds = startedNanoseconds
    self.started = started
    duration = .zero
    parts = []
  }

  /// The worst cause of all.
  public var exit: ExitCode {
    .worst(parts.map(\.exit) + [refusal?.exit].compactMap(\.self))
  }
}

/// A run that was asked for and not begun.
public struct MissedRun: Sendable {
  /// The experiment's file.
  public var file: String
  /// `run 3 of 20`; nil for one by itself.
  public var repetition: String?
  /// Why, in a few words: `the call was interrupted`.
  public var reason: String
  /// What it means for the call: nothing where another run's failure is the reason.
  public var exit: ExitCode

  /// `reason` is part of a sentence that names the file.
  public init(file: String, repetition: String? = nil, reason: String, exit: ExitCode) {
    self.file = file
    self.repetition = repetition
    self.reason = reason
    self.exit = exit
  }

  var label: String { RunOutcome.word(of: file) + (repetition.map { " (\($0))" } ?? "") }
}

/// Several runs of one experiment in a call.
public struct SeriesOutcome: Sendable {
  /// The experiment's file.
  public var file: String
  /// What `series.json` holds.
  public var document: JSON
  /// Where it is; empty where it could not be written.
  public var folder: String
  /// How the series ended; worse than its document says where it was stopped.
  public var exit: ExitCode
  /// Its runs that were begun, in order.
  public var runs: [RunOutcome]
  /// Its runs that were not.
  public var missed: [MissedRun]

  /// - Parameter document: `RunSeries.json`.
  public init(
    file: String, document: JSON, folder: String, exit: ExitCode, runs: [RunOutcome],
    missed: [MissedRun]
  ) {
    self.file = file
    self.document = document
    self.folder = folder
    self.exit = exit
    self.runs = runs
    self.missed = missed
  }

  var title: String { document["experiment"]?["title"]?.text ?? file }

  var label: String {
    let set = runs.first?.set ?? []
    let sets = set.map { "\($0.name)=\($0.text.cut(toBytes: 60))" }.joined(separator: ", ")
    return RunOutcome.word(of: file) + (sets.isEmpty ? "" : " [\(sets)]")
      + " (\(Wording.count(runs.count, "run")) together)"
  }

  /// What had to hold over all runs, judged.
  var bounds: [(text: String, verdict: Verdict, summary: String)] {
    (document["bounds"]?.elements ?? []).map { bound in
      (
        bound["bound"]?.text ?? "bound",
        bound["verdict"]?.text.flatMap { Verdict(rawValue: $0) } ?? .unknown,
        bound["summary"]?.text ?? ""
      )
    }
  }

  /// The worst of it in one sentence; empty where all was well.
  var remark: String {
    if let bound = bounds.filter({ $0.verdict != .valid }).max(by: { $0.verdict < $1.verdict }) {
      return "\(bound.text): \(bound.summary)"
    }
    let bad = runs.count { $0.exit != .valid }
    return bad > 0 ? "\(bad) of \(Wording.count(runs.count, "run")) not valid" : ""
  }
}

extension RunCall.Part {
  /// How it ended.
  public var exit: ExitCode {
    switch self {
    case .run(let run): run.exit
    case .series(let series): .worst([series.exit] + series.missed.map(\.exit))
    case .missed(let missed): missed.exit
    }
  }
}

extension RunCall {
  /// Every run that was begun or refused, in order, each under a name of its own.
  var outcomes: [(name: String, run: RunOutcome)] {
    let runs = parts.flatMap { part -> [RunOutcome] in
      switch part {
      case .run(let run): [run]
      case .series(let series): series.runs
      case .missed: []
      }
    }
    return zip(Self.distinct(runs.map(\.label)), runs).map { ($0, $1) }
  }

  /// Every run that was not begun.
  var missed: [MissedRun] {
    parts.flatMap { part -> [MissedRun] in
      switch part {
      case .run: []
      case .series(let series): series.missed
      case .missed(let missed): [missed]
      }
    }
  }

  /// Every series, in order.
  var series: [SeriesOutcome] {
    parts.compactMap { if case .series(let series) = $0 { series } else { nil } }
  }

  /// The same names, a later one of two alike with its number.
  static func distinct(_ names: [String]) -> [String] {
    var counts: [String: Int] = [:]
    return names.map { name in
      let count = (counts[name] ?? 0) + 1
      counts[name] = count
      return count == 1 ? name : "\(name) #\(count)"
    }
  }
}
