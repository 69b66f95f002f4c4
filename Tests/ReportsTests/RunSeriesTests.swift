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

  @Test func aRunThatSaidNothingIsOneWithoutAVerdict() throws {
    let silent = RunSeries.Run(number: 2, seed: "5", exitCode: 139, trouble: "it\n  crashed")
    let series = series([try run(1), silent])
    #expect(series.exit == .harness)
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
