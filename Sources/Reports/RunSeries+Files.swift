public import Basics
internal import Checking
internal import Statistics

extension RunSeries {
  /// `series.json`: every number a person sees, for machines.
  public var json: JSON {
    [
      "format": "faultline-series/1", "program": .string(ProgramVersion.text),
      "verdict": .string(exit.verdict.rawValue), "exitCode": .integer(Int64(exit.rawValue)),
      "experiment": ["name": .string(name), "title": .string(title)],
      "runs": .array(
        runs.map { run in
          [
            "run": .integer(run.number), "seed": .string(run.seed),
            "exitCode": .integer(Int64(run.exitCode)), "folder": .string(run.folder),
            "trouble": .optional(run.trouble) { .string($0) },
            "failures": .array(run.failures.map(\.json)),
          ]
        }),
      "invariants": .array(tallies.map(\.json)),
      "sameFailures": .array(
        sameFailures.map {
          [
            "failure": $0.signature.json, "failed": .integer($0.rate.count),
            "runs": .integer($0.rate.trials),
          ]
        }),
      "failovers": .array(failovers.map(\.json)),
      "bounds": .array(
        bounds.map { judged in
          [
            "bound": .string(judged.bound.text), "verdict": .string(judged.verdict.rawValue),
            "summary": .string(judged.sentence),
            "leastRuns": .integer(judged.bound.leastRuns),
          ]
        }),
      "untilSure": .optional(sureness) { sureness in
        [
          "most": .integer(sureness.most), "sure": .bool(isSure),
          "rate": .optional(sureness.rate) { .number($0) },
          "confidence": .number(sureness.confidence),
          "rates": .array(
            rates.map {
              [
                "question": .string($0.question), "verdict": .string($0.verdict.rawValue),
                "summary": .string($0.sentence),
              ]
            }),
        ]
      },
      "differences": .strings(differences),
    ]
  }

  /// `junit.xml` of the whole: a test case for each bound and each question about a rate, one for each invariant with its
  /// rate, and one about runs that came to no verdict. The runs have theirs, under names that tell them apart.
  public var junit: String { junitSuite(junitName, junitCases) }

  private var junitName: String { markup("\(name) (\(Wording.count(runs.count, "run")))") }

  /// The test cases of `junit`, an element each.
  package var junitCases: [String] {
    tallies.map { Self.testCase(junitName, $0.name, $0.verdict, $0.sentence) }
      + bounds.map { Self.testCase(junitName, $0.bound.text, $0.verdict, $0.sentence) }
      + rates.map { Self.testCase(junitName, $0.question, $0.verdict, $0.sentence) }
      + [
        Self.testCase(
          junitName, "every run was judged", silent.isEmpty ? .valid : .unknown, unjudged)
      ]
  }

  /// Those that ended without a verdict.
  private var silent: [Run] {
    let judged = [ExitCode.valid, .invalid, .unknown].map(\.rawValue)
    return runs.filter { !judged.contains($0.exitCode) }
  }

  private var unjudged: String {
    let first = silent.first.map { ", first run \($0.number): \($0.remark)" } ?? ""
    return "\(Proportion(silent.count, of: runs.count).text) came to no verdict\(first)"
  }

  private static func testCase(
    _ suite: String, _ name: String, _ verdict: Verdict, _ sentence: String
  ) -> String {
    let text = markup(sentence)
    let body =
      switch verdict {
      case .valid: ""
      case .unknown: "<error type=\"unknown\" message=\"\(text)\"/>"
      case .invalid: "<failure type=\"invariant\" message=\"\(text)\"/>"
      }
    return "  <testcase classname=\"\(suite)\" name=\"\(markup(name))\">\(body)</testcase>"
  }
}

extension FailureSignature {
  fileprivate var json: JSON { ["invariant": .string(invariant), "kind": .string(kind)] }
}

extension InvariantTally {
  fileprivate var verdict: Verdict {
    (isExpectedToFail ? valid : invalid) > 0 ? .invalid : unknown > 0 ? .unknown : .valid
  }

  fileprivate var sentence: String {
    "failed in \(rate.text)" + (isExpectedToFail ? ", and must fail" : "")
      + (unknown > 0 ? "; unknown in \(unknown)" : "")
  }

  fileprivate var json: JSON {
    let interval = rate.wilson()
    return [
      "name": .string(name), "valid": .integer(valid), "unknown": .integer(unknown),
      "invalid": .integer(invalid), "expectedToFail": .bool(isExpectedToFail),
      "rate": .optional(rate.share) { .number($0) },
      "interval": [.number(interval.lowerBound), .number(interval.upperBound)],
      "kinds": .object(kinds.map { JSON.Member($0.kind, .integer($0.count)) }),
      "flaky": .bool(isFlaky), "firstViolation": .optional(firstViolation) { .integer($0) },
    ]
  }
}

extension FailoverSeries {
  fileprivate var json: JSON {
    [
      "invariant": .string(invariant), "fault": .string(fault),
      "parts": .array(
        all.map { part in
          [
            "part": .string(part.name), "runs": .integer(part.count), "never": .integer(part.never),
            "quantiles": .array(
              part.quantiles.map { share, value, interval in
                [
                  "quantile": .number(share), "milliseconds": .milliseconds(.nanoseconds(value)),
                  "interval": [
                    .milliseconds(.nanoseconds(interval.lowerBound)),
                    .milliseconds(.nanoseconds(interval.upperBound)),
                  ],
                ]
              }),
          ]
        }),
    ]
  }
}
