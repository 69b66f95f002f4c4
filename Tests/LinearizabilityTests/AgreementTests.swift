import Checking
import Basics
import Histories
import TestGround
import Testing

@testable import Linearizability

/// The search, the zone check and trying every order must say the same.
struct AgreementTests {
  @Test(arguments: World.all)
  func everyOrderTriedSaysTheSame(world: World) throws {
    let seed = Seeds.fresh("\(world.model) ")
    var chance = Chance(seed: seed)
    var verdicts: [Verdict: Int] = [:]
    for round in 0..<max(600, Seeds.rounds(20, by: Seeds.proofVariable)) {
      let tiny = TinyHistory(
        world, count: 4 + (round % 10 == 0 ? round / 10 % 9 : round % 4), processes: 2 + round % 3,
        noise: Ratio([0, 0.1, 0.4][round % 3]), &chance)
      let history = tiny.history(world)
      let truth = EveryOrder(tiny, world).isLinearizable
      for algorithm in ["fastest", "search"] {
        var settings = world.allSettings
        settings["algorithm"] = .text(algorithm)
        let finding = try Linearizable(settings).check(history, within: .unlimited)
        verdicts[finding.verdict, default: 0] += 1
        if finding.verdict == .unknown { continue }
        #expect(
          (finding.verdict == .valid) == truth,
          "seed \(seed), \(algorithm): \(finding.summary)\n\(tiny)")
      }
    }
    print(world.model, verdicts.map { "\($0.key) \($0.value)" }.sorted())
    #expect(verdicts[.valid, default: 0] > 50)
    #expect(verdicts[.invalid, default: 0] > 50)
  }
}
