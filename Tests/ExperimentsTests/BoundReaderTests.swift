import Basics
import Checking
import Experiments
import Stacks
import Testing
import YAML

@Suite struct BoundReaderTests {
  private func plan(_ bound: String, repeats: Int = 1) throws -> Plan {
    var files = Fixture.files
    files["experiments/x.yaml"] = """
      title: Bounds
      stack: two
      repeat: \(repeats)
      workloads: {calls: {kind: call, service: api, rate: 50/s}}
      method: [{at: 1s, fault: kill, target: {node: lb-a}, component: proxy, for: 4s}]
      invariants: [{failover-time: {workload: calls, first-good: 3s}}, {availability: {at-least: 1%}}]
      over-repeats: [\(bound)]
      """
    return try Loader(MemoryLibrary(texts: files), machine: .imaginary)
      .experiment("experiments/x.yaml", seed: 1)
  }

  @Test func aBoundIsPlanned() throws {
    let plan = try plan(
      "{invariant: failover-time, part: first-good, quantile: 95%, at-most: 3s}", repeats: 59)
    let expected = DistributionBound(
      invariant: "failover-time", part: "first-good", quantile: 0.95, most: .seconds(3),
      confidence: 0.95)
    #expect(plan.bounds == [expected] && plan.warnings.isEmpty)
    #expect(plan.text.contains("p95 of first-good of 'failover-time' is at most 3s, with 95 %"))
  }

  @Test func tooFewRepeatsAreWarnedOf() throws {
    let plan = try plan(
      "{invariant: failover-time, part: takeover, quantile: 90%, at-most: 3s, confidence: 90%}",
      repeats: 20)
    #expect(
      plan.warnings.map(\.message) == [
        "20 runs cannot show this, so it will be unknown; say 'repeat: 22', or run it with --repeat 22"
      ])
  }

  @Test(arguments: [
    ("{invariant: failover-tim, part: first-good, quantile: 95%, at-most: 3s}", "did you mean"),
    (
      "{invariant: availability, part: first-good, quantile: 95%, at-most: 3s}", "unknown invariant"
    ),
    ("{invariant: failover-time, part: first-god, quantile: 95%, at-most: 3s}", "'first-good'"),
    ("{invariant: failover-time, part: first-good, quantile: 100%, at-most: 3s}", "99.9%"),
    ("{invariant: failover-time, part: first-good, quantile: 95%}", "'at-most'"),
    ("{invariant: failover-time, part: first-good, at-most: 3s}", "'quantile'"),
    (
      "{invariant: failover-time, part: first-good, quantile: 95%, at-most: 3s, x: 1}",
      "unknown key"
    ),
  ])
  func whatMakesNoSenseIsRefusedWithItsPlace(bound: String, word: String) throws {
    let problems = try #require(throws: Problems.self) { _ = try plan(bound) }
    #expect(problems.all.count == 1 && problems.all[0].message.contains(word), "\(problems)")
    #expect(problems.all[0].mark.line == 7)
  }
}
