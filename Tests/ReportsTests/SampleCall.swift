import Basics
import Checking
import Histories
import Reports

/// Runs that never were, one for each way in which a run can end, and calls of them.
enum SampleCall {
  /// By a word for how it ended.
  static var records: [(name: String, record: RunRecord)] {
    [
      ("valid", valid), ("invalid", SampleRun.record()), ("unknown", unknown),
      ("expected to fail", expectedToFail), ("missing package", missingPackage),
      ("plan error", planError), ("usage error", usageError),
      ("interrupted", stopped(.interrupted)), ("terminated", stopped(.terminated)),
      ("timed out", stopped(.timedOut)), ("harness", stopped(.harness)),
      ("no steady state", stopped(.steadyState)),
    ]
  }

  static var valid: RunRecord {
    var record = SampleRun.record(operations: 100)
    record.exit = .valid
    record.judgements = [SampleRun.judgements[0]]
    record.judgements[0].place = FilePlace(file: "experiments/sample/01.yaml", line: 14, column: 5)
    record.parameters = [.init(name: "mode", text: "plain")]
    record.set = [.init(name: "mode", text: "plain")]
    record.startedNanoseconds = 1_769_847_300_123_456_789
    record.planned = ["format": "faultline-plan/1", "schedule": []]
    return record
  }

  static var unknown: RunRecord {
    var record = SampleRun.record(operations: 100)
    record.exit = .unknown
    record.judgements = [SampleRun.judgements[0], SampleRun.judgements[2]]
    return record
  }

  static var expectedToFail: RunRecord {
    var record = SampleRun.record(operations: 100)
    record.exit = .valid
    record.judgements = [SampleRun.judgements[0], SampleRun.judgements[1]]
    record.judgements[1].isExpectedToFail = true
    record.expectation = .init(isMet: true, summary: "exactly no-lost-writes failed, as expected")
    return record
  }

  static func refused(_ exit: ExitCode, _ problems: [RunRecord.PlacedProblem]) -> RunRecord {
    var record = RunRecord(
      experiment: .init(
        name: "02-typo", file: "experiments/sample/02-typo.yaml", title: "02-typo", description: ""),
      stack: "", seed: 7, command: "faultline run experiments/sample/02-typo.yaml --seed 7",
      history: HistoryBuilder().finish())
    record.exit = exit
    record.problems = problems
    record.trouble = problems.map { "\($0.place.text): \($0.message)" }.joined(separator: "\n")
    return record
  }

  static var planError: RunRecord {
    refused(
      .usage,
      [
        .init(
          place: FilePlace(file: "experiments/sample/02-typo.yaml", line: 7, column: 1),
          message: "unknown key 'tagret', 50%\nof it; did you mean 'target'?"),
        .init(
          place: FilePlace(file: "fixtures/stacks/a,b:c.yaml", line: 0, column: 1),
          message: "there is no such file"),
      ])
  }

  static var missingPackage: RunRecord {
    refused(
      .capability,
      [
        .init(
          place: FilePlace(file: "fixtures/components/page/component.yaml", line: 3, column: 9),
          message: "'page' needs /usr/sbin/absent; install the Debian package absent")
      ])
  }

  static var usageError: RunRecord {
    var record = RunRecord(
      experiment: .init(name: "", file: "", title: "", description: ""), stack: "", seed: 0,
      command: "faultline run --sed 3", history: HistoryBuilder().finish())
    record.exit = .usage
    record.trouble = "'run' has no option --sed; did you mean --seed?"
    return record
  }

  /// Ended before its time, with what was judged until then.
  static func stopped(_ exit: ExitCode) -> RunRecord {
    var record = SampleRun.record(operations: 100)
    record.exit = exit
    record.trouble = "ended early: \(exit);\n    the tail of a log"
    return record
  }

  /// A call of all of these, with a series and two runs that were not begun.
  static var call: RunCall {
    var call = empty
    call.parts = records.map { .run(RunOutcome($0.record)) }
    call.parts.append(.series(series))
    call.parts.append(
      .missed(
        MissedRun(
          file: "experiments/sample/09.yaml", reason: "the call was interrupted",
          exit: .interrupted)))
    return call
  }

  static var empty: RunCall {
    var call = RunCall(
      command: "faultline run experiments/sample/*.yaml",
      startedNanoseconds: 1_769_847_300_000_000_001, started: "2026-01-31T08:15:00Z")
    call.duration = .seconds(90)
    return call
  }

  /// Two runs, of which each is valid, and a bound that two cannot show.
  static var series: SeriesOutcome {
    let runs = (1...2).map { number -> RunOutcome in
      var record = valid
      record.repetition = "run \(number) of 3"
      record.seed = UInt64(number)
      return RunOutcome(record)
    }
    return SeriesOutcome(
      file: "experiments/sample/01.yaml",
      document: [
        "verdict": "unknown", "exitCode": 6, "experiment": ["name": "01", "title": "Of many"],
        "bounds": [
          [
            "bound": "50% of failover-time <= 5s", "verdict": "unknown",
            "summary": "2 runs say nothing of it; at least 5 are needed", "leastRuns": 5,
          ]
        ],
      ], folder: "/reports/sample/01/x-series", exit: .unknown, runs: runs,
      missed: [
        MissedRun(
          file: "experiments/sample/01.yaml", repetition: "run 3 of 3",
          reason: "the call's time was up", exit: .timedOut)
      ])
  }
}
