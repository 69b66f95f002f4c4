import Basics
import Checking
import Testing

@Suite struct DistributionBoundTests {
  private let bound = DistributionBound(
    invariant: "failover-time", part: "first-good", quantile: 0.95, most: .seconds(3),
    confidence: 0.95)

  private func runs(_ count: Int, _ milliseconds: Int64 = 500) -> [Duration?] {
    Array(repeating: .milliseconds(milliseconds), count: count)
  }

  @Test func tooFewRunsAreUnknownWithTheNumber() {
    #expect(bound.leastRuns == 59)
    for count in [0, 1, 58] {
      let said = bound.judge(runs(count), missing: 0)
      #expect(said.verdict == .unknown && said.sentence.contains("59"), "\(said)")
    }
    #expect(bound.judge(runs(59), missing: 0).verdict == .valid)
  }

  @Test func oneSlowRunOfFewLeavesItOpen() {
    let said = bound.judge(runs(58) + runs(1, 9000), missing: 0)
    #expect(said.verdict == .unknown, "\(said)")
    #expect(bound.judge(runs(92) + runs(1, 9000), missing: 0).verdict == .valid)
  }

  @Test func manySlowRunsViolate() {
    #expect(bound.judge(runs(40) + runs(20, 9000), missing: 0).verdict == .invalid)
    // One slow run of two may be the one of twenty.
    #expect(bound.judge(runs(1) + runs(1, 9000), missing: 0).verdict == .unknown)
  }

  @Test func whatNeverCameIsLongerThanAnyBound() {
    let never: [Duration?] = Array(repeating: nil, count: 30)
    let said = bound.judge(runs(30) + never, missing: 0)
    #expect(said.verdict == .invalid && said.sentence.contains("longer than was looked"), "\(said)")
  }

  /// What could not be judged speaks neither for nor against.
  @Test func missingRunsAreNoEvidence() {
    let said = bound.judge(runs(59), missing: 1)
    #expect(said.verdict == .unknown && said.sentence.contains("93"), "\(said)")
    #expect(bound.judge(runs(92), missing: 1).verdict == .valid)
    #expect(bound.judge(runs(2, 9000), missing: 60).verdict == .unknown)
  }

  @Test func runsOneAfterTheOtherStopWhereTheyCanTell() {
    let bound = DistributionBound(
      invariant: "failover-time", part: "first-good", quantile: 0.5, most: .seconds(1),
      confidence: 0.95)
    func said(
      _ runs: [DistributionBound.Measured], most: Int = 20
    ) -> (verdict: Verdict, sentence: String) { bound.judge(inOrder: runs, most: most) }
    let (fast, slow) = (
      DistributionBound.Measured.took(.milliseconds(300)),
      DistributionBound.Measured.took(.seconds(2))
    )
    let quick = said(Array(repeating: fast, count: 12))
    #expect(
      quick.verdict == .valid && quick.sentence == "so it is, by the first 7 runs", "\(quick)")
    // What comes after the answer changes nothing, or the error would not be what was promised.
    #expect(said(Array(repeating: fast, count: 7) + [slow, slow, slow]).verdict == .valid)
    #expect(said(Array(repeating: slow, count: 7)).verdict == .invalid)
    #expect(said(Array(repeating: .never, count: 7)).verdict == .invalid)
    let doubtful = said(Array(repeating: .unknown, count: 20))
    #expect(
      doubtful.verdict == .unknown && doubtful.sentence.contains("20 of which could not tell"))
    let mixed = said(Array(repeating: [fast, slow], count: 10).flatMap(\.self))
    #expect(mixed.verdict == .unknown && mixed.sentence.contains("10 of which took longer"))
    #expect(bound.leastRuns(ofAtMost: 20) == 7 && bound.leastRuns(ofAtMost: 4) == nil)
  }
}
