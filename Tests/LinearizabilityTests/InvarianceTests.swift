import Checking
import Basics
import Histories
import TestGround
import Testing

@testable import Linearizability

/// What must not change a verdict, and what may change it in one direction only.
struct InvarianceTests {
  private static let rounds = 150
  private static let budget = Budget(memoryBytes: 2_000_000) { false }

  private func verdict(_ tiny: TinyHistory, _ world: World) throws -> Verdict {
    try Linearizable(world.allSettings).check(tiny.history(world), within: Self.budget).verdict
  }

  private func eachRandom(
    _ world: World, _ body: (TinyHistory, inout Chance, UInt64) throws -> Void
  ) throws {
    let seed = Seeds.fresh("\(world.model) ")
    var chance = Chance(seed: seed)
    for round in 0..<Self.rounds {
      let noise = Ratio([0, 0.1, 0.3][round % 3])
      let tiny = TinyHistory(
        world, count: 6 + round % 15, processes: 2 + round % 4, noise: noise, &chance)
      try body(tiny, &chance, seed)
    }
  }

  @Test(arguments: World.all)
  func aLegalHistoryIsNeverInvalid(world: World) throws {
    let seed = Seeds.fresh("\(world.model) ")
    var chance = Chance(seed: seed)
    for round in 0..<Self.rounds {
      let tiny = TinyHistory(
        world, count: 10 + round % 30, processes: 2 + round % 6, noise: .none,
        open: Ratio(0.05), &chance)
      #expect(try verdict(tiny, world) != .invalid, "seed \(seed)\n\(tiny)")
    }
  }

  @Test(arguments: World.all)
  func processesHaveNoInfluence(world: World) throws {
    try eachRandom(world) { (tiny, _, seed) throws in
      var renamed = tiny
      for index in renamed.operations.indices {
        renamed.operations[index].process = 1000 - renamed.operations[index].process
      }
      #expect(try verdict(renamed, world) == verdict(tiny, world), "seed \(seed)\n\(tiny)")
    }
  }

  @Test(arguments: World.all)
  func theOrderOfInvocationsWithoutACompletionBetweenHasNoInfluence(world: World) throws {
    try eachRandom(world) { (tiny, chance, seed) throws in
      let ends = tiny.operations.filter { $0.outcome == .ok }.compactMap(\.ended).sorted()
      var reordered = tiny
      for index in reordered.operations.indices {
        // Spread the positions, then move each invocation within the gap it lies in.
        let began = reordered.operations[index].began
        let gap = ends.count { $0 < began }
        let jitter = Int.random(in: 1...400, using: &chance)
        reordered.operations[index].began = gap * 100_000 + 1 + jitter * 100 + index
        if let ended = reordered.operations[index].ended {
          let gap = ends.count { $0 < ended }
          reordered.operations[index].ended = gap * 100_000 + 99_900 + index
        }
        reordered.operations[index].process = index
      }
      #expect(try verdict(reordered, world) == verdict(tiny, world), "seed \(seed)\n\(tiny)")
    }
  }

  @Test(arguments: World.all)
  func aWiderIntervalNeverTurnsValidIntoInvalid(world: World) throws {
    try eachRandom(world) { (tiny, chance, seed) throws in
      var wider = tiny
      for index in wider.operations.indices {
        // Far fewer than a hundred operations: the number breaks every tie.
        let widening = Int.random(in: 0...3, using: &chance)
        wider.operations[index].process = index
        wider.operations[index].began =
          (wider.operations[index].began - widening) * 100 + index
        if let ended = wider.operations[index].ended {
          wider.operations[index].ended = (ended + widening) * 100 + index
        }
      }
      guard try verdict(tiny, world) == .valid else { return }
      #expect(try verdict(wider, world) != .invalid, "seed \(seed)\n\(tiny)")
    }
  }

  @Test(arguments: [World.register, .uniqueRegister, .casRegister, .fifoQueue, .unorderedQueue])
  func valuesMayBeRenamed(world: World) throws {
    try eachRandom(world) { (tiny, _, seed) throws in
      var renamed = tiny
      for index in renamed.operations.indices {
        renamed.operations[index].arguments = renamed.operations[index].arguments.map { 900 - $0 }
        renamed.operations[index].result = renamed.operations[index].result.map { 900 - $0 }
      }
      #expect(try verdict(renamed, world) == verdict(tiny, world), "seed \(seed)\n\(tiny)")
    }
  }
}
