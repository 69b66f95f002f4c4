import Basics
import Campaigns
import Reports
import TestGround
import Testing

/// Campaigns of any shape whose shards get lost, torn and doubled.
@Suite struct CampaignPropertyTests {
  private struct World {
    var chance: Chance
    let plan: CampaignPlan
    /// What became of each shard: what must be named and what must count.
    var whole: [Int: Int] = [:]
    var attempts: [ShardAttempt] = []
    var nextPlace = 1

    init(_ seed: UInt64) {
      var chance = Chance(seed: seed)
      let experiments = (0...chance.below(3)).map { place in
        MadeCampaign.experiment("e\(place)", repeats: 1 + chance.below(6))
      }
      let runs = experiments.reduce(0) { $0 + $1.repeats }
      plan = CampaignPlan(
        seed: chance.next(), experiments: experiments, files: CampaignPlan.sources(["a": "1"]),
        shardCount: 1 + chance.below(runs))
      self.chance = chance
    }

    /// What becomes of a shard: nothing, or torn and whole attempts in any order.
    mutating func run(_ numbers: [Int]) {
      for number in numbers {
        for _ in 0..<chance.below(4) {
          let isWhole = chance.below(2) == 0
          var files = MadeCampaign.files(
            of: number, plan, codes: [0, 6], finished: "T\(chance.below(9))")
          if isWhole {
            whole[number, default: 0] += 1
          } else {
            tear(&files)
          }
          attempts.append(MadeCampaign.attempt(number, plan, files, place: nextPlace))
          nextPlace += 1
        }
      }
      attempts.shuffle(using: &chance)
    }

    /// A file is missing or cut, as a killed task or a copy that broke off leaves them.
    private mutating func tear(_ files: inout [String: String]) {
      let names = files.keys.filter { $0 != ShardBeginning.file }.sorted()
      let name = names[chance.below(names.count)]
      let text = files[name] ?? ""
      files[name] = chance.below(2) == 0 ? nil : String(text.prefix(chance.below(text.count)))
    }
  }

  @Test func whatIsMissingIsNamedAndARerunCompletesIt() throws {
    let seed = Seeds.fresh()
    var seeds = Chance(seed: seed)
    for round in 0..<100 {
      var world = World(seeds.next())
      let plan = world.plan
      world.run(plan.numbers)
      var rounds = 0
      var list = plan
      while true {
        let merge = CampaignMerge(plan, world.attempts)
        let missing = plan.numbers.filter { world.whole[$0] == nil }
        #expect(merge.lost == missing, "round \(round)")
        check(merge, world, round)
        guard let rerun = merge.rerun else { break }
        // It is what a file of it says, and what is run again is what was planned.
        list = try CampaignPlan(reading: rerun.json.text())
        #expect(list.numbers == missing && list.id == plan.id)
        #expect(list.shards == plan.shards.filter { missing.contains($0.number) })
        // More and more comes back; then everything does.
        rounds += 1
        if rounds < 5 {
          world.run(list.numbers)
        } else {
          for number in list.numbers {
            world.whole[number] = 1
            world.attempts.append(MadeCampaign.done(number, plan, place: 1000))
          }
        }
      }
    }
  }

  private func check(_ merge: CampaignMerge, _ world: World, _ round: Int) {
    let plan = world.plan
    // Every run stands once among its experiment's, whatever was doubled.
    #expect(
      merge.series.map(\.runs.count) == plan.experiments.map(\.repeats), "round \(round)")
    for series in merge.series {
      #expect(series.runs.map(\.number) == Array(1...series.runs.count), "round \(round)")
    }
    for shard in merge.shards {
      let whole = world.whole[shard.number] ?? 0
      #expect(shard.copies.count == max(0, whole - 1), "round \(round), shard \(shard.number)")
      let finished = shard.copies.map(\.result.finished)
      if let counted = shard.counted {
        #expect(finished.allSatisfy { $0 >= counted.result.finished }, "round \(round)")
      }
      #expect((shard.loss == nil) == (whole > 0))
    }
    let total = merge.shards.reduce(0) { sum, shard in
      sum + (shard.counted == nil ? 0 : 1) + shard.copies.count + shard.torn.count
    }
    #expect(total == world.attempts.count, "round \(round)")
    let lost = merge.lost.count
    #expect(merge.json["lost"]?.elements.count == lost)
    #expect(merge.json["done"]?.elements.count == plan.numbers.count - lost)
    #expect(merge.foreign.isEmpty && (lost == 0 || merge.exit == .unknown), "round \(round)")
  }
}
