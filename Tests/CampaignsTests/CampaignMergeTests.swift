import Basics
import Campaigns
import Checking
import Foundation
import FoundationXML
import Reports
import Testing

@Suite struct CampaignMergeTests {
  private let plan = MadeCampaign.plan()

  private func all(but missing: Set<Int> = [], codes: [Int: Int32] = [:]) -> [ShardAttempt] {
    plan.numbers.filter { !missing.contains($0) }.map {
      MadeCampaign.done($0, plan, codes: [codes[$0] ?? 0])
    }
  }

  @Test func aCampaignThatCameBackIsWhatItsRunsAre() {
    let merge = CampaignMerge(plan, all())
    #expect(merge.exit == .valid && merge.lost == [] && merge.rerun == nil)
    #expect(merge.series.map(\.name) == ["one", "two"])
    #expect(merge.series.map(\.runs.count) == [3, 3])
    let text = merge.summary(palette: .plain)
    #expect(text.contains("VALID  campaign \(plan.shortID)  6 shards: 6 done\n"), "\(text)")
    #expect(text.contains("held in 3 of 3"), "\(text)")
    #expect(merge.junit.contains("tests=\"4\" failures=\"0\" errors=\"0\""), "\(merge.junit)")
    let bad = CampaignMerge(plan, all(codes: [4: 1, 2: 6]))
    #expect(bad.exit == .invalid && bad.series.map(\.exit) == [.unknown, .invalid])
    #expect(bad.junit.contains("<failure") && bad.junit.contains("<error"))
  }

  @Test func whatIsLostIsNamedAndUnknown() throws {
    let merge = CampaignMerge(plan, all(but: [1, 4]))
    #expect(merge.exit == .unknown && merge.lost == [1, 4])
    let text = merge.summary(palette: .plain)
    #expect(text.contains("6 shards: 4 done, 2 lost"), "\(text)")
    #expect(text.contains("✗ shard 1 is lost: nothing of it came back"), "\(text)")
    let rerun = try #require(merge.rerun)
    #expect(rerun.numbers == [1, 4] && rerun.id == plan.id)
    #expect(merge.json["lost"]?.elements.count == 2 && merge.json["exitCode"] == 6)
    #expect(merge.junit.contains("name=\"shard 4\"><error type=\"unknown\""), "\(merge.junit)")
    #expect(XMLParser(data: Data(merge.junit.utf8)).parse())
    // A violation outranks what nobody knows.
    #expect(CampaignMerge(plan, all(but: [1], codes: [0: 1])).exit == .invalid)
    // Only the lost shards are asked of their own list.
    let rest = CampaignMerge(rerun, [MadeCampaign.done(1, plan), MadeCampaign.done(4, plan)])
    #expect(rest.exit == .valid && rest.series.map(\.runs.count) == [1, 1])
  }

  @Test func aBoundOverAllRunsCountsWhatIsLost() {
    let bound = DistributionBound(
      invariant: "failover-time", part: "first-good", quantile: 0.5, most: .seconds(1),
      confidence: 0.95)
    let plan = CampaignPlan(
      seed: 1, experiments: [MadeCampaign.experiment("one", repeats: 5, bounds: [bound])],
      files: [], shardCount: 5)
    let merge = CampaignMerge(plan, (0..<4).map { MadeCampaign.done($0, plan) })
    #expect(merge.series[0].bounds[0].verdict == .unknown && merge.series[0].runs.count == 5)
  }

  @Test func ofTwoThatAreDoneTheFirstCounts() {
    let twice = MadeCampaign.done(2, plan, codes: [6], finished: "T2", place: 1)
    let first = MadeCampaign.done(2, plan, finished: "T1", place: 2)
    for attempts in [[twice, first], [first, twice]] {
      let merge = CampaignMerge(plan, all(but: [2]) + attempts)
      #expect(merge.exit == .valid && merge.series.map(\.runs.count) == [3, 3])
      let text = merge.summary(palette: .plain)
      #expect(
        text.contains(
          "shard 2 was done 2 times: r/shard-2/attempt-2, which was finished first, counts; not r/shard-2/attempt-1"
        ), "\(text)")
    }
  }

  @Test func aViolationInACopyStands() {
    let merge = CampaignMerge(
      plan, all() + [MadeCampaign.done(2, plan, codes: [1], finished: "T2", place: 2)])
    #expect(merge.exit == .invalid && merge.series.allSatisfy { $0.exit == .valid })
    #expect(merge.summary(palette: .plain).contains("attempt-2 has a violation, which stands"))
    #expect(merge.junit.contains("failures=\"1\""), "\(merge.junit)")
  }

  @Test func aRunWithoutAVerdictIsAnErrorOfJUnit() {
    var files = MadeCampaign.files(of: 0, plan)
    let run = plan.shards[0].runs[0]
    files[ShardResult.file] =
      ShardResult(
        campaign: plan.id, shard: 0, host: "m", began: "T0", finished: "T1",
        runs: [.init(run, exitCode: 137, trouble: "it was <killed>", folder: "", hash: "")]
      ).json.text()
    let merge = CampaignMerge(plan, all(but: [0]) + [MadeCampaign.attempt(0, plan, files)])
    #expect(merge.exit == .harness && merge.lost == [])
    #expect(
      merge.junit.contains("<error type=\"harness\" message=\"it was &lt;killed&gt;\"/>"),
      "\(merge.junit)")
  }

  @Test(arguments: [
    (ShardResult.file, nil, "it was begun at T0 on m and is not finished"),
    (ShardResult.file, "{\"camp", "its shard.json cannot be read"),
    (ShardResult.file, "{}", "its shard.json cannot be read"),
    ("runs/s/0/2/result.json", nil, "runs/s/0/2/result.json is missing"),
    ("runs/s/0/2/result.json", "{}", "runs/s/0/2/result.json is not what the shard left there"),
  ])
  func aTornAttemptIsNoShard(file: String, text: String?, reason: String) {
    var files = MadeCampaign.files(of: 1, plan)
    #expect(files[file] != nil)
    files[file] = text
    let merge = CampaignMerge(plan, all(but: [1]) + [MadeCampaign.attempt(1, plan, files)])
    #expect(merge.lost == [1] && merge.exit == .unknown)
    #expect(
      merge.shards[1].loss == "r/shard-1/attempt-1: \(reason)", "\(merge.shards[1].loss ?? "")")
    // A whole one beside it counts, and the torn one is said.
    let both = CampaignMerge(plan, all() + [MadeCampaign.attempt(1, plan, files, place: 2)])
    #expect(both.lost == [] && both.exit == .valid)
    #expect(
      both.summary(palette: .plain).contains("shard 1: cut short, and not counted: r/shard-1/"))
  }

  @Test func whatIsInAnotherFolderThanItsOwnIsTorn() {
    let merge = CampaignMerge(
      plan, all(but: [1]) + [MadeCampaign.attempt(1, plan, MadeCampaign.files(of: 2, plan))])
    #expect(merge.lost == [1])
    #expect(merge.shards[1].loss?.hasSuffix("its shard.json is that of shard 2") == true)
    // A number that the campaign has not counts for nothing.
    #expect(CampaignMerge(plan, [MadeCampaign.attempt(99, plan, [:])]).lost == plan.numbers)
  }

  @Test func anotherCampaignIsToldByItsFirstFileOrItsLast() {
    let other = MadeCampaign.plan(seed: 8)
    var begun = MadeCampaign.files(of: 1, other)
    begun[ShardResult.file] = nil
    for files in [begun, MadeCampaign.files(of: 1, other)] {
      let merge = CampaignMerge(plan, all() + [MadeCampaign.attempt(1, plan, files, place: 2)])
      #expect(merge.foreign.map(\.campaign) == [other.id])
      #expect(merge.lost == [])
    }
  }
}
