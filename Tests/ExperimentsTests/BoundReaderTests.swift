import Basics
import Checking
import Experiments
import Stacks
import Testing
import YAML

@Suite struct BoundReaderTests {
  private func plan(
    _ settings: String, repeats: Int = 1, rest: String = ""
  ) throws -> Plan {
    var files = Fixture.files
    files["experiments/x.yaml"] = """
      title: Bounds
      stack: two
      repeat: \(repeats)
      workloads: {calls: {kind: call, service: api, rate: 50/s}}
      method: [{at: 1s, fault: kill, target: {node: lb-a}, component: proxy, for: 4s}]
      invariants:
        - availability: {at-least: 1%}
        - failover-time: {workload: calls, \(settings)}
      \(rest)
      """
    return try Loader(MemoryLibrary(texts: files), machine: .imaginary)
      .experiment("experiments/x.yaml", seed: 1)
  }

  private func bound(
    _ part: String, _ quantile: Double, _ most: Duration, _ confidence: Double = 0.95
  ) -> DistributionBound {
    DistributionBound(
      invariant: "failover-time", part: part, quantile: quantile, most: most,
      confidence: confidence)
  }

  @Test func aBoundIsPlanned() throws {
    let plan = try plan("first-good: {p95: 3s}", repeats: 59)
    #expect(plan.bounds == [bound("first-good", 0.95, .seconds(3))] && plan.warnings.isEmpty)
    #expect(plan.text.contains("p95 of first-good of 'failover-time' is at most 3s, with 95 %"))
    #expect(plan.text.contains("first-good {p95: 3s, confidence: 95%}"), "\(plan.text)")
  }

  @Test func severalQuantilesAndOneOfEachRun() throws {
    let plan = try plan(
      "takeover: {p99.9: 4s, p50: 1s, at-most: 9s, confidence: 90%}, first-good: 3s",
      repeats: 1000)
    #expect(
      plan.bounds == [
        bound("takeover", 0.999, .seconds(4), 0.9), bound("takeover", 0.5, .seconds(1), 0.9),
      ])
    #expect(plan.text.contains("takeover {p99.9: 4s, p50: 1s, at-most: 9s, confidence: 90%}"))
  }

  /// What is stored with a run says the same again.
  @Test func theStoredPlanHasTheBound() throws {
    let first = try plan("first-good: {p95: 3s, confidence: 90%}", repeats: 45)
    let again = try Plan.read(Array(first.json.text().utf8), file: "plan.json")
    #expect(again.bounds == first.bounds && again.text == first.text)
  }

  @Test func tooFewRepeatsAreWarnedOfWithTheirPlace() throws {
    let plan = try plan("takeover: {p90: 3s, confidence: 90%}", repeats: 20)
    #expect(
      plan.warnings.map(\.message) == [
        "20 runs cannot show this, so it will be unknown; say 'repeat: 22', or run it with --repeat 22"
      ])
    #expect(plan.warnings.first?.mark.line == 8 && (plan.warnings.first?.mark.column ?? 0) > 30)
  }

  @Test(arguments: [
    ("first-good: {p95: 3}", "'p95' must be a duration"),
    ("first-good: {p100: 3s}", "p1 to p99.9"),
    ("first-good: {p0: 3s}", "p1 to p99.9"),
    ("first-good: {p95: 3s, p95.0: 4s}", "bounded twice"),
    ("first-good: {p9x: 3s}", "p1 to p99.9"),
    ("first-good: {confidence: 95%}", "bounds no quantile"),
    ("first-good: {}", "bounds no quantile"), ("first-good: {p95: }", "bounds no quantile"),
    ("first-good: {at-most: 3s}", "bounds no quantile"),
    ("first-good: {p95: 3s, confidense: 95%}", "did you mean 'confidence'"),
    ("first-good: {p95: 3s, confidence: 100%}", "50% to 99.9%"),
    ("first-good: {p95: 3s, confidence: 40%}", "50% to 99.9%"),
    ("first-good: {q95: 3s}", "did you mean 'p95'"),
    ("first-good: [3s]", "{p95: 3s, confidence: 95%}"),
    ("first-good: {p95: 1ms}", "an operation every 20ms"),
    ("late: {p95: 3s}", "'late' must be a duration"),
    ("late: 3s, first-good: {p95: 2s}", "write at most 2s"),
  ])
  func whatMakesNoSenseIsRefusedWithItsPlace(settings: String, word: String) throws {
    let problems = try #require(throws: Problems.self) { _ = try plan(settings) }
    #expect(problems.all.count == 1 && problems.all[0].message.contains(word), "\(problems)")
    #expect(problems.all.first?.mark.line == 8)
  }

  @Test func theFormerListSaysWhereItsBoundsStandNow() throws {
    let old =
      "over-repeats: [{invariant: failover-time, part: first-good, quantile: 95%, at-most: 3s}]"
    let problems = try #require(throws: Problems.self) {
      _ = try plan("first-good: 3s", rest: old)
    }
    #expect(problems.all.count == 1 && problems.all[0].message.contains("{p95: 3s"), "\(problems)")
    #expect(problems.all.first?.mark.line == 9)
  }
}
