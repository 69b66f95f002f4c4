public import Basics
internal import Checking

extension RunCall {
  /// What the document calls its shape.
  public static let format = "faultline-call/1"

  /// `call.json`: which runs there were, where each is, and which were not begun.
  public var json: JSON {
    [
      "format": .string(Self.format), "program": .string(ProgramVersion.text),
      "verdict": .string(exit.verdict.rawValue), "exitCode": .integer(Int64(exit.rawValue)),
      "trouble": .optional(refusal) { .string($0.sentence) },
      "command": .string(command), "started": .string(started),
      "startedNanoseconds": .string(String(startedNanoseconds)),
      "milliseconds": .milliseconds(duration),
      "shard": .optional(shard) { .string($0.text) },
      "runs": .array(outcomes.map { Self.json($0.name, $0.run) }),
      "series": .array(
        series.map {
          [
            "name": .string($0.label), "file": .string($0.file),
            "exitCode": .integer(Int64($0.exit.rawValue)), "folder": .string($0.folder),
            "remark": .string($0.remark),
          ]
        }),
      "notRun": .array(
        missed.map {
          [
            "file": .string($0.file), "repetition": .optional($0.repetition) { .string($0) },
            "reason": .string($0.reason),
          ]
        }),
    ]
  }

  private static func json(_ name: String, _ run: RunOutcome) -> JSON {
    [
      "name": .string(name), "file": .string(run.file), "title": .string(run.title),
      "seed": .string(run.seed), "repetition": .optional(run.repetition) { .string($0) },
      "verdict": .string(run.exit.verdict.rawValue),
      "exitCode": .integer(Int64(run.exit.rawValue)), "remark": .string(run.remark),
      "milliseconds": .milliseconds(run.duration), "folder": .string(run.folder),
    ]
  }

  /// `junit.xml`: a suite for each run, one for each series with what had to hold over its runs, and one for each run that
  /// was not begun. Nothing in it passes by being left out: a call that did not end well has an error.
  public var junit: String {
    var suites = outcomes.map { $0.run.suite(named: $0.name) }
    suites += zip(Self.distinct(series.map(\.label)), series).map { $1.suite(named: $0) }
    suites += zip(Self.distinct(missed.map(\.label)), missed).map { $1.suite(named: $0) }
    if let refusal {
      suites.append(Self.suite(refusal.exit, refusal.sentence))
    } else if exit != .valid, !suites.contains(where: { $0.cases.contains(where: \.outcome.isBad) })
    {
      suites.append(Self.suite(exit, "the call ended as \(exit.word)"))
    }
    return JUnitSuite.document("faultline run", suites, time: duration)
  }

  private static func suite(_ exit: ExitCode, _ sentence: String) -> JUnitSuite {
    JUnitSuite(
      name: "faultline",
      cases: [
        .init(name: "call", outcome: .broken(type: "\(exit)", message: sentence, text: sentence))
      ])
  }
}

extension MissedRun {
  /// What was not run for a failure that stands elsewhere is skipped; else it is an error.
  fileprivate func suite(named name: String) -> JUnitSuite {
    let sentence = "not run: \(reason)"
    let outcome: JUnitSuite.Outcome =
      exit == .valid
      ? .skipped(message: sentence)
      : .broken(type: "\(exit)", message: sentence, text: sentence)
    return JUnitSuite(name: name, cases: [.init(name: "run", outcome: outcome)])
  }
}

extension SeriesOutcome {
  fileprivate func suite(named name: String) -> JUnitSuite {
    let bounds = bounds.map { bound -> JUnitSuite.Case in
      let outcome: JUnitSuite.Outcome =
        switch bound.verdict {
        case .valid: .passed
        case .unknown: .broken(type: "unknown", message: bound.summary, text: "")
        case .invalid: .failed(type: "bound", message: bound.summary, text: "")
        }
      return .init(name: bound.text, outcome: outcome)
    }
    var whole = JUnitSuite.Case(
      name: "series", outcome: .passed, output: folder.isEmpty ? [] : ["series: \(folder)"])
    let isSaid =
      bounds.contains(where: \.outcome.isBad) || runs.contains { $0.exit != .valid }
    if exit != .valid, !isSaid {
      whole.outcome = .broken(type: "\(exit)", message: "the series is \(exit.word)", text: remark)
    }
    return JUnitSuite(
      name: name, cases: [whole] + bounds,
      properties: [
        (name: "experiment", value: file), (name: "exit-code", value: "\(exit.rawValue)"),
      ])
  }
}
