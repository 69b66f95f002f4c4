import Basics
import Checking
import TestGround
import Testing

@testable import Reports

@Suite struct RunComparisonTests {
  /// What one run came to.
  struct Told {
    var firstGood: Double? = 300
    var availability = 0.99
    var p99 = 20.0
    var isLost = false
    var code = 0
    var set = "raft"
    var text = "title: A"
    var version = "1"
  }

  static func run(_ told: Told, _ number: Int = 1) throws -> ComparedRun {
    let result = """
      {"exitCode":\(told.isLost ? 1 : told.code),"seed":"\(number)","experiment":{"name":"01-a"},
       "invariants":[
        {"name":"no-lost-writes","verdict":"\(told.isLost ? "invalid" : "valid")","expectedToFail":false},
        {"name":"failover-time","verdict":"\(told.code == 6 ? "unknown" : "valid")","expectedToFail":false,
         "figures":{"faults":[{"fault":1,"summary":"kill","windows":[[1,2]],
          "first-good":\(told.firstGood.map { "\($0)" } ?? "null"),
          "sustained-good":\(told.firstGood.map { "\($0 + 5)" } ?? "null")}]}}],
       "workloads":[{"name":"orders","operations":100,"availability":\(told.availability),
        "latency":{"p50":\(told.p99 / 4),"p99":\(told.p99)}}],
       "servers":[{"component":"store","variant":"v","version":"\(told.version)","nodes":["a"]}]}
      """
    let plan = """
      {"file":"experiments/01-a.yaml","stack":{"name":"stores"},
       "origin":{"set":[{"key":"mode","text":"\(told.set)"}],
        "sources":{"experiments/01-a.yaml":"\(told.text)","fixtures/x.yaml":"\(told.version)"}}}
      """
    return try #require(
      ComparedRun(
        result: try JSON(reading: result), plan: try JSON(reading: plan), folder: "/r/\(number)"))
  }

  static func runs(_ count: Int, _ make: (Int) -> Told = { _ in Told() }) throws -> [ComparedRun] {
    try (0..<count).map { try run(make($0), $0 + 1) }
  }

  private func outcome(_ comparison: RunComparison, _ name: String) throws
    -> RunComparison.Outcome
  {
    let all = comparison.experiments.flatMap(\.figures)
    return try #require(all.first { $0.figure.name.hasSuffix(name) }, "\(all.map(\.figure.name))")
      .outcome
  }

  @Test func whatIsSlowerIsWorse() throws {
    let comparison = RunComparison(
      old: try Self.runs(10) { Told(firstGood: 300 + Double($0)) },
      new: try Self.runs(10) { Told(firstGood: 400 + Double($0)) })
    #expect(comparison.exit == .invalid)
    #expect(try outcome(comparison, "first-good") == .worse)
    #expect(try outcome(comparison, "availability") == .same)
    #expect(comparison.headline.hasPrefix("2 of 8 figures became worse beyond 10%"))
    let back = RunComparison(
      old: try Self.runs(10) { Told(firstGood: 400 + Double($0)) },
      new: try Self.runs(10) { Told(firstGood: 300 + Double($0)) })
    #expect(back.exit == .valid)
    #expect(try outcome(back, "first-good") == .better)
  }

  /// However surely it is seen, what is tolerated is tolerated.
  @Test func whatIsToleratedIsNotWorse() throws {
    func comparison(_ percent: Double) throws -> RunComparison {
      RunComparison(
        old: try Self.runs(12) { Told(firstGood: 1000 + Double($0)) },
        new: try Self.runs(12) { Told(firstGood: 1080 + Double($0)) },
        tolerance: Ratio(percent))
    }
    #expect(try comparison(0.1).exit == .valid)
    #expect(try comparison(0.05).exit == .invalid)
    // From one millisecond to three is not for a failover's clock to tell.
    let tiny = RunComparison(
      old: try Self.runs(12) { _ in Told(firstGood: 1) },
      new: try Self.runs(12) { _ in Told(firstGood: 8) })
    #expect(tiny.exit == .valid)
  }

  @Test func whatClientsSeeIsComparedToo() throws {
    let unavailable = RunComparison(
      old: try Self.runs(8), new: try Self.runs(8) { _ in Told(availability: 0.9) })
    #expect(try outcome(unavailable, "availability") == .worse)
    let slow = RunComparison(
      old: try Self.runs(8), new: try Self.runs(8) { _ in Told(p99: 30) })
    #expect(try outcome(slow, "latency p99") == .worse)
    #expect(try outcome(slow, "no-lost-writes: failed") == .same)
  }

  @Test func moreFailuresAreWorseWhateverIsTolerated() throws {
    let comparison = RunComparison(
      old: try Self.runs(20), new: try Self.runs(20) { Told(isLost: $0 < 9) }, tolerance: .all)
    #expect(comparison.exit == .invalid)
    #expect(try outcome(comparison, "no-lost-writes: failed") == .worse)
  }

  @Test func whatNeverComesIsWorseThanAnything() throws {
    let comparison = RunComparison(
      old: try Self.runs(8), new: try Self.runs(8) { _ in Told(firstGood: nil) })
    #expect(try outcome(comparison, "first-good") == .worse)
    #expect(comparison.summary(palette: .plain).contains("300 ms → never"))
    let same = RunComparison(
      old: try Self.runs(8) { _ in Told(firstGood: nil) },
      new: try Self.runs(8) { _ in Told(firstGood: nil) })
    #expect(try outcome(same, "first-good") == .same)
  }

  @Test func tooFewRunsAreUnknownWithTheNumber() throws {
    let few = RunComparison(
      old: try Self.runs(3), new: try Self.runs(3) { _ in Told(firstGood: 9000) })
    #expect(few.exit == .unknown && few.needed == 5, "\(few.headline)")
    #expect(few.headline.contains("at least 5 on each side are needed"), "\(few.headline)")
    let enough = RunComparison(
      old: try Self.runs(6), new: try Self.runs(6) { _ in Told(firstGood: 9000) })
    #expect(enough.exit == .invalid && enough.needed == nil)
    // Runs that could not tell count as none.
    let doubtful = RunComparison(
      old: try Self.runs(6), new: try Self.runs(6) { Told(code: $0 < 3 ? 6 : 0) })
    #expect(doubtful.exit == .unknown, "\(doubtful.headline)")
    #expect(try outcome(doubtful, "first-good") == .tooFew)
  }

  @Test func nothingToCompareIsUnknown() throws {
    #expect(RunComparison(old: [], new: []).exit == .unknown)
    let other = RunComparison(
      old: try Self.runs(9), new: try Self.runs(9) { _ in Told(set: "async") })
    #expect(other.exit == .unknown && other.experiments.isEmpty)
    #expect(
      other.summary(palette: .plain).contains(
        "only before: stores/01-a --set mode=raft; run it again"))
    #expect(other.summary(palette: .plain).contains("only since: stores/01-a --set mode=async"))
  }

  /// What was run before and is not now leaves a hole that nothing else fills.
  @Test func whatIsMissingNowIsUnknown() throws {
    let both = try Self.runs(9) + Self.runs(9) { _ in Told(set: "async") }
    #expect(RunComparison(old: both, new: try Self.runs(9)).exit == .unknown)
    #expect(RunComparison(old: try Self.runs(9), new: both).exit == .valid)
  }

  @Test func anotherExperimentIsNotCompared() throws {
    let comparison = RunComparison(
      old: try Self.runs(9), new: try Self.runs(9) { _ in Told(firstGood: 9000, text: "title: B") })
    #expect(comparison.exit == .unknown && comparison.experiments[0].differs)
    #expect(comparison.summary(palette: .plain).contains("the experiment's text is not the same"))
  }

  @Test func whatElseDiffersIsNamed() throws {
    let comparison = RunComparison(
      old: try Self.runs(9), new: try Self.runs(9) { _ in Told(version: "2") })
    #expect(comparison.exit == .valid)
    #expect(
      comparison.experiments[0].notes == [
        "other texts: fixtures/x.yaml", "other versions: store on a: v 1 before, v 2 since",
      ])
  }

  /// Runs that crash are no reason to look only at the others.
  @Test func runsWithoutAVerdictAreAFigure() throws {
    var new = try Self.runs(12)
    for number in 0..<8 { new[number] = ComparedRun(silent: 3, seed: "\(number)", like: new[11]) }
    let comparison = RunComparison(old: try Self.runs(12), new: new)
    #expect(comparison.exit == .invalid)
    #expect(try outcome(comparison, "could not be judged") == .worse)
    #expect(
      comparison.experiments[0].notes.contains { $0.hasPrefix("8 of 12 runs since came to no") })
  }

  /// Of a few hundred comparisons of the same with itself no more than a few call anything worse.
  @Test(arguments: [6, 12]) func equalRunsAreSeldomCalledWorse(count: Int) throws {
    var chance = Chance(seed: Seeds.fresh("\(count) "))
    func told() -> Told {
      Told(
        firstGood: 100 + Double(chance.below(1000)),
        availability: 0.9 + Double(chance.below(1000)) / 10_000,
        p99: 5 + Double(chance.below(500)), isLost: chance.roll(Ratio(0.2)))
    }
    let rounds = 300
    let worse = try (0..<rounds).count { _ in
      let old = try Self.runs(count) { _ in told() }
      let new = try Self.runs(count) { _ in told() }
      return RunComparison(old: old, new: new, tolerance: .none).exit == .invalid
    }
    // 5 % and three standard deviations.
    #expect(Double(worse) / Double(rounds) < 0.05 + 0.038, "\(worse) of \(rounds)")
  }

  @Test func aRealShiftIsFound() throws {
    var chance = Chance(seed: Seeds.fresh())
    let rounds = 60
    let found = try (0..<rounds).count { _ in
      let old = try Self.runs(15) { _ in Told(firstGood: 300 + Double(chance.below(200))) }
      let new = try Self.runs(15) { _ in Told(firstGood: 500 + Double(chance.below(300))) }
      return RunComparison(old: old, new: new).exit == .invalid
    }
    #expect(found > rounds * 9 / 10, "\(found) of \(rounds)")
  }

  @Test func markdownIsNothingButATable() throws {
    let comparison = RunComparison(
      old: try Self.runs(8) { _ in Told(version: "1|2*") },
      new: try Self.runs(8) { _ in Told(firstGood: 900, version: "<b>") })
    let text = comparison.markdown
    #expect(text.hasPrefix("### INVALID: "))
    #expect(
      text.contains("| **worse** | failover-time, fault 1, kill: first-good | 300 ms | 900 ms |"))
    #expect(text.contains("v 1\\|2\\* before, v &lt;b&gt; since"), "\(text)")
    #expect(text.contains("<details><summary>6 no worse</summary>"))
  }

  @Test func machinesReadTheSame() throws {
    let json = RunComparison(old: try Self.runs(8), new: try Self.runs(8)).json
    #expect(json["exitCode"] == 0 && json["verdict"] == "valid")
    let figures = json["experiments"]?.elements.first?["figures"]?.elements ?? []
    #expect(figures.count == 8 && figures.allSatisfy { $0["outcome"] == "no worse" })
    #expect(json["experiments"]?.elements.first?["experiment"]?["set"] == ["mode=raft"])
  }
}
