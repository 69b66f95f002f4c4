import Basics
import Checking
import Reports
import Statistics
import Testing

@Suite struct RunSeriesTests {
  private func run(
    _ number: Int, lost: Bool = false, good: Double? = 300, version: String = "1",
    target: String = "a/store", verdict: String = "valid"
  ) throws -> RunSeries.Run {
    let document = """
      {"exitCode":\(lost ? 1 : verdict == "unknown" ? 6 : 0),"seed":"\(number)","folder":"/r/\(number)",
       "command":"faultline run x --seed \(number)","trouble":null,
       "invariants":[
        {"name":"no-lost-writes","verdict":"\(lost ? "invalid" : "valid")","summary":"s",
         "expectedToFail":false,"evidence":\(lost ? "[{\"kind\":\"lost\"},{\"kind\":\"stale\"}]" : "[]")},
        {"name":"failover-time","verdict":"\(verdict)","summary":"f","expectedToFail":false,"evidence":[],
         "figures":{"faults":[{"fault":1,"summary":"kill","first-bad":1,"first-good":\(good.map { "\($0)" } ?? "null"),
          "windows":[[1,2]]}]}}],
       "faults":[{"id":1,"summary":"kill","targets":["\(target)"]}],
       "servers":[{"component":"store","variant":"v","version":"\(version)","nodes":["a"]}]}
      """
    return try #require(RunSeries.Run(reading: try JSON(reading: document), number: number))
  }

  private func series(
    _ runs: [RunSeries.Run], _ bounds: [DistributionBound] = [], original: RunSeries.Run? = nil
  ) -> RunSeries {
    RunSeries(title: "A title", name: "x", runs: runs, bounds: bounds, original: original)
  }

  @Test func aFlakeIsAFindingWithItsRate() throws {
    let series = series(try (1...20).map { try run($0, lost: $0 == 7) })
    #expect(series.exit == .invalid)
    let text = series.summary(palette: .plain)
    #expect(text.contains("INVALID  A title  20 runs: 19 valid, 1 invalid"), "\(text)")
    #expect(
      text.contains("failed in 1 of 20, 5 % (95 % interval 0.9 % to 23.6 %); lost in 1"), "\(text)")
    #expect(
      text.contains("first in run 7, seed 7; again with: faultline run x --seed 7"), "\(text)")
    #expect(text.contains("it fails now and then"))
    #expect(text.contains("valid   failover-time     held in 20 of 20"), "\(text)")
    #expect(series.junit.contains("failures=\"1\"") && series.junit.contains("1 of 20"))
    #expect(series.json["invariants"]?.elements.first?["invalid"] == 1)
    #expect(series.json["invariants"]?.elements.first?["flaky"] == true)
  }

  @Test func whatDiffersIsSaid() throws {
    let series = series(
      [try run(1), try run(2, version: "2"), try run(3, target: "b/store")], original: try run(0))
    #expect(
      series.differences == [
        "store on a: v 1 (the original, run 1, run 3); v 2 (run 2)",
        "fault 1, kill: a/store (the original, run 1, run 2); b/store (run 3)",
      ])
  }

  @Test func aReplayIsHeldAgainstTheOriginal() throws {
    let series = series(
      [try run(1, lost: true), try run(2)], original: try run(0, lost: true))
    #expect(series.sameFailures.count == 1)
    #expect(
      series.sameFailures[0].signature
        == FailureSignature(invariant: "no-lost-writes", kind: "lost"))
    #expect(series.sameFailures[0].rate.counts == "1 of 2")
    #expect(
      series.summary(palette: .plain).contains(
        "as the original, by no-lost-writes (lost): 1 of 2, 50 % (95 % interval 9.5 % to 90.5 %)"))
  }

  @Test func failoversHaveQuantiles() throws {
    let series = series(try (1...10).map { try run($0, good: $0 == 10 ? nil : Double($0) * 100) })
    let part = try #require(series.failovers.first?.all.first { $0.name == "first-good" })
    #expect(part.count == 9 && part.never == 1)
    #expect(part.quantiles.map(\.value) == [500_000_000, 900_000_000])
    #expect(part.quantiles.allSatisfy { $0.interval.contains($0.value) })
  }

  @Test func aBoundIsJudgedOverAllRuns() throws {
    let bound = DistributionBound(
      invariant: "failover-time", part: "first-good", quantile: 0.5, most: .milliseconds(400),
      confidence: 0.95)
    let few = series([try run(1)], [bound])
    #expect(few.exit == .unknown && few.bounds[0].sentence.contains("at least 5 are needed"))
    let many = series(try (1...5).map { try run($0) }, [bound])
    #expect(many.exit == .valid, "\(many.bounds)")
    let slow = series(try (1...6).map { try run($0, good: 900) }, [bound])
    #expect(slow.exit == .invalid && slow.junit.contains("<failure"))
    // What could not be measured is no evidence.
    let doubtful = series(
      try (1...4).map { try run($0) } + [try run(5, verdict: "unknown")], [bound])
    #expect(doubtful.exit == .unknown && doubtful.bounds[0].verdict == .unknown)
  }

  /// A question that is open after the last run is no pass.
  @Test func runsGoOnUntilEveryQuestionHasItsAnswer() throws {
    let bound = DistributionBound(
      invariant: "failover-time", part: "first-good", quantile: 0.5, most: .milliseconds(400),
      confidence: 0.95)
    func series(_ runs: [RunSeries.Run], rate: Ratio? = nil, most: Int = 20) -> RunSeries {
      RunSeries(
        title: "A title", name: "x", runs: runs, bounds: [bound],
        sureness: Sureness(
          most: most, bounds: [bound], invariants: ["no-lost-writes", "failover-time"], rate: rate))
    }
    let six = try (1...6).map { try run($0) }
    #expect(!series(six).isSure && series(six).exit == .unknown)
    let seven = try (1...7).map { try run($0) }
    #expect(series(seven).isSure && series(seven).exit == .valid)
    #expect(series(seven).summary(palette: .plain).contains("so it is, by the first 7 runs"))
    // The sixth has not ended, though the seventh has: who is slow must not be passed over.
    #expect(!series(try [1, 2, 3, 4, 5, 7, 8].map { try run($0) }).isSure)
    let asked = series(seven, rate: Ratio(0.2), most: 60)
    #expect(!asked.isSure && asked.exit == .unknown && asked.rates.count == 2)
    let many = series(try (1...30).map { try run($0) }, rate: Ratio(0.2), most: 60)
    #expect(many.isSure && many.exit == .valid, "\(many.rates)")
    #expect(many.rates[0].question == "'no-lost-writes' fails in less than 20 % of runs, with 95 %")
    // One failure answers the question, and is a failure of all.
    let lost = series(
      try (1...30).map { try run($0, lost: $0 == 4) }, rate: Ratio(0.2), most: 60)
    #expect(lost.isSure && lost.exit == .invalid)
    #expect(lost.rates[0].sentence == "it failed in run 4")
    #expect(lost.json["untilSure"]?["sure"] == true && lost.junit.contains("it failed in run 4"))
  }

  @Test func howManyItTakesIsKnownBefore() {
    func sureness(_ most: Int, _ rate: Ratio? = nil) -> Sureness {
      Sureness(most: most, bounds: [], invariants: ["a"], rate: rate)
    }
    #expect(sureness(58).leastRuns == nil && sureness(58).leastMost == 59)
    #expect(sureness(59).leastRuns == 59 && sureness(200).leastRuns == 78)
    #expect(sureness(30, Ratio(0.5)).leastRuns == 7)
    #expect(sureness(20).text == "every invariant fails in less than 5 % of runs, with 95 %")
  }

  /// What must fail and holds now and then is no pass either.
  @Test func whatMustFailAndHoldsIsAFailure() throws {
    func expected(_ number: Int, _ verdict: String) throws -> RunSeries.Run {
      let text = """
        {"exitCode":\(verdict == "invalid" ? 0 : 1),"seed":"\(number)","invariants":[
         {"name":"single-owner","verdict":"\(verdict)","expectedToFail":true}]}
        """
      return try #require(RunSeries.Run(reading: try JSON(reading: text), number: number))
    }
    let series = series([try expected(1, "invalid"), try expected(2, "valid")])
    #expect(series.exit == .invalid && series.junit.contains("failures=\"1\""), "\(series.junit)")
    #expect(series.summary(palette: .plain).contains("it must fail, and held in 1"))
    #expect(try self.series([expected(1, "invalid")]).junit.contains("failures=\"0\""))
  }

  @Test func aRunThatSaidNothingIsOneWithoutAVerdict() throws {
    let silent = RunSeries.Run(number: 2, seed: "5", exitCode: 139, trouble: "it\n  crashed")
    let series = series([try run(1), silent])
    #expect(series.exit == .harness)
    #expect(series.junit.contains("errors=\"1\"") && series.junit.contains("it crashed"))
    #expect(series.summary(palette: .plain).contains("1 valid, 1 without a verdict"))
    #expect(RunSeries.progress(of: silent, of: 2, palette: .plain).contains("it crashed"))
  }

  @Test func seedsAreDrawnFromTheFirst() {
    let seeds = RunSeries.seeds(from: 42, count: 50)
    #expect(seeds[0] == 42 && Set(seeds).count == 50)
    #expect(Array(seeds[..<10]) == RunSeries.seeds(from: 42, count: 10))
    #expect(RunSeries.seeds(from: 43, count: 2)[1] != seeds[1])
  }
}
