import Basics
import Campaigns
import Checking
import Reports
import Testing

@Suite struct CampaignPlanTests {
  @Test func everyRunIsInOneShardWithTheSeedOfARepeat() {
    let plan = MadeCampaign.plan(shards: 4)
    #expect(plan.shards.map(\.number) == [0, 1, 2, 3])
    #expect(plan.shards.map(\.runs.count) == [2, 2, 1, 1])
    let runs = plan.shards.flatMap(\.runs)
    for place in 0..<2 {
      let own = runs.filter { $0.experiment == place }.sorted { $0.number < $1.number }
      #expect(own.map(\.number) == [1, 2, 3])
      #expect(own.map(\.seed) == RunSeries.seeds(from: 7, count: 3))
    }
  }

  @Test func theFileIsReadAsItWasWritten() throws {
    let bound = DistributionBound(
      invariant: "failover-time", part: "first-good", quantile: 0.95, most: .milliseconds(2500),
      confidence: 0.9)
    let plan = CampaignPlan(
      seed: .max,
      experiments: [
        MadeCampaign.experiment(
          "one", repeats: 60, settings: [.init("wan-delay", "20ms"), .init("key", "@FILE")],
          bounds: [bound])
      ],
      files: CampaignPlan.sources(["a": "1"]), shardCount: 7)
    let read = try CampaignPlan(reading: plan.json.text(indented: true))
    #expect(read == plan && read.id == plan.id)
    let part = plan.keeping([5, 2])
    let again = try CampaignPlan(reading: part.json.text())
    #expect(again == part && again.isPart && again.id == plan.id && again.numbers == [2, 5])
    #expect(again.shards == plan.shards.filter { [2, 5].contains($0.number) })
  }

  @Test func whatChangedOtherRunsHasAnotherName() {
    let plan = MadeCampaign.plan()
    #expect(plan.id.count == 64 && plan.id == MadeCampaign.plan().id)
    #expect(
      Set([plan.id, MadeCampaign.plan(seed: 8).id, MadeCampaign.plan(shards: 3).id]).count == 3)
  }

  private func refusal(_ text: String) -> String {
    do throws(CampaignError) {
      _ = try CampaignPlan(reading: text)
      return ""
    } catch {
      return error.message
    }
  }

  @Test(arguments: [
    ("", "at byte 0, a value is expected here"), ("{\"campaign\":", "at byte 12"),
    ("{}", "it is no campaign's file"), ("[1]", "it is no campaign's file"),
    (
      "{\"campaign\": \"x\", \"version\": 2}",
      "it is of version 2, and this program reads version 1"
    ),
    ("{\"campaign\": \"x\", \"version\": 1}", "it is not whole"),
  ])
  func whatIsNoCampaignIsRefused(text: String, sentence: String) {
    let said = refusal(text)
    #expect(said.contains(sentence), "\(said)")
  }

  @Test(arguments: [
    ("\"seed\":\"7\"", "\"seed\":\"8\""), ("\"repeat\":3", "\"repeat\":2"),
    ("\"shard\":2", "\"shard\":3"), ("\"run\":2", "\"run\":3"), ("one.yaml", "two.yaml"),
    ("\"shardCount\":6", "\"shardCount\":5"), ("\"repeat\":3", "\"repeat\":100000000"),
    ("\"shardCount\":6", "\"shardCount\":600000000"), ("\"file\":\"e", "\"file\":\"--e"),
  ])
  func aFileThatWasEditedIsRefused(old: String, new: String) {
    let text = MadeCampaign.plan().json.text()
    #expect(refusal(text).isEmpty)
    let edited = text.replacing(old, with: new, maxReplacements: 1)
    #expect(edited != text)
    let said = refusal(edited)
    #expect(said.contains("it was changed after") || said.contains("it is not whole"), "\(said)")
  }

  @Test func aChangedFileIsNamed() {
    let plan = MadeCampaign.plan()
    #expect(plan.change(in: ["experiments/s/one.yaml": "1"]) == nil)
    #expect(
      plan.change(in: ["experiments/s/one.yaml": "1 "])
        == "experiments/s/one.yaml is not what it was when the campaign was planned")
    #expect(
      plan.change(in: ["fixtures/x": "1"])
        == "fixtures/x was not there when the campaign was planned")
  }
}
