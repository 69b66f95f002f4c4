public import Basics
internal import Checking
internal import Histories
internal import Reports

extension Exploration {
  /// `explore.json`: everything, for machines.
  public var json: JSON {
    [
      "verdict": .string(exit.verdict.rawValue), "exitCode": .integer(Int64(exit.rawValue)),
      "stack": .string(stack), "seed": .string("\(seed)"), "jobs": .integer(jobs),
      "milliseconds": .milliseconds(length), "runsAnHour": .number(pace.rounded()),
      "counts": .object(
        ExploredRun.Outcome.allCases.map { .init($0.rawValue, .integer(count($0))) }),
      "failures": .array(
        failures.map { failure in
          [
            "failure": failure.signature.exploredJSON, "count": .integer(failure.count),
            "firstRun": .integer(failure.first.number),
            "firstSeed": .string(failure.first.run.seed),
            "experiment": .string(failure.first.file),
            "again": .string("faultline replay \(failure.first.run.folder)"),
            "minimal": .strings(failure.minimal),
          ]
        }),
      "coverage": coverageJSON,
      "invariants": .array(
        judged.map {
          [
            "name": .string($0.name), "held": .integer($0.held), "violated": .integer($0.violated),
          ]
        }),
      "notDrawn": .array(
        omissions.map { ["fault": .string($0.fault), "reason": .string($0.reason)] }),
      "runs": .array(runs.map(\.json)),
    ]
  }

  /// `coverage.json`: how often each fault struck each role in each state.
  public var coverageJSON: JSON {
    let coverage = coverage
    let cells = coverage.counts.sorted {
      ($0.key.fault, $0.key.role, $0.key.state.rawValue)
        < ($1.key.fault, $1.key.role, $1.key.state.rawValue)
    }
    return [
      "total": .integer(coverage.total),
      "cells": .array(cells.map { $0.key.json(count: $0.value) }),
      "unconfirmed": .object(
        coverage.unconfirmed.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }),
    ]
  }

  /// `junit.xml`: a test case for each invariant, which has the same name in every exploration of the stack, and one for
  /// the runs that said nothing.
  public var junit: String {
    let suite = markup("explore \(stack)")
    func testCase(_ name: String, _ body: String) -> String {
      "  <testcase classname=\"\(suite)\" name=\"\(markup(name))\">\(body)</testcase>"
    }
    var cases = judged.map { judged in
      let own = failures.filter { $0.signature.invariant == judged.name }
      let sentences = own.map {
        "\($0.signature.text) in \($0.count) of \(runs.count) runs; again: faultline replay \($0.first.run.folder)"
      }
      return testCase(
        judged.name,
        own.isEmpty
          ? ""
          : "<failure type=\"invariant\" message=\"\(markup(sentences.joined(separator: "; ")))\"/>"
      )
    }
    let silent = runs.filter { $0.outcome == .unknown || $0.outcome == .broken }
    let reasons = silent.map { "run \($0.number): \($0.run.remark)" }.joined(separator: "\n")
    let isTooMuch = exit == .unknown || exit == .nothingRan
    let body =
      silent.isEmpty
      ? ""
      : isTooMuch
        ? "<error type=\"unknown\" message=\"\(markup(reasons))\"/>"
        : "<system-out>\(markup(reasons))</system-out>"
    cases.append(testCase("runs-are-judged", body))
    return junitSuite(suite, cases)
  }
}
