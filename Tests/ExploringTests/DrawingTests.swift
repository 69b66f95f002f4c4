import Basics
import Experiments
import Exploring
import Faults
import Histories
import Stacks
import TestGround
import Testing
import Workloads
import YAML

/// What is drawn for the stacks that are shipped.
@Suite struct DrawingTests {
  /// Every draw is accepted as it is: nothing is refused, and nothing drawn again.
  @Test(arguments: ShippedGround.stacks) func everythingDrawnIsPlanned(name: String) throws {
    let ground = try ShippedGround(name)
    let first = Seeds.fresh(name) % 1_000_000
    for seed in first..<(first + UInt64(Self.rounds)) {
      let atMost = 1 + Int(seed % 3)
      let drawn = try #require(ground.drawing(seed: seed, atMost: atMost).experiment(number: 1))
      do throws(Problems) {
        let plan = try ShippedGround.plan(drawn.text(), seed: drawn.seed)
        expectSound(plan, ground, atMost: atMost, "\(name), seed \(seed)")
      } catch { Issue.record("\(name), seed \(seed): \(error)\n\(drawn.text())") }
    }
  }

  /// Planning is slow where nothing is optimised.
  private static var rounds: Int {
    #if DEBUG
      Seeds.rounds(10)
    #else
      Seeds.rounds(200)
    #endif
  }

  private func expectSound(
    _ plan: Plan, _ ground: ShippedGround, atMost: Int, _ place: Comment
  ) {
    let faults = plan.schedule
    #expect(!faults.isEmpty && faults.allSatisfy { !$0.isAction }, place)
    // Clients only send; faults of ways may have them at one end.
    let clients = Set(plan.workloads.flatMap(\.nodes))
    for step in faults {
      if case .target(let target, _) = step.aim, let nodes = target.nodes(in: plan.stack) {
        #expect(clients.isDisjoint(with: nodes.map(\.id)), place)
      }
      #expect(step.healing != .never && step.healing != .atEnd, place)
      let active = faults.filter { !$0.isDynamic && $0.at <= step.at && step.at < $0.end }
      #expect(step.isDynamic || active.count <= atMost, place)
    }
    // What is judged holds whatever happens.
    for invariant in plan.invariants {
      #expect(invariant.fault == nil, place)
      #expect(!["failover-time", "latency", "recovers"].contains(invariant.checker), place)
    }
    #expect(plan.methodLength < .seconds(40), place)
    // What a machine with two cores bears, several times over.
    let rate = plan.workloads.reduce(0) { $0 + $1.load.lowest }
    #expect(rate <= 100 + 5 * Double(plan.workloads.count), place)
  }

  @Test func theSameSeedDrawsTheSame() throws {
    let ground = try ShippedGround("twosite-raft")
    func texts(_ seed: UInt64) -> [String] {
      (1...20).compactMap { ground.drawing(seed: seed).experiment(number: $0)?.text() }
    }
    let one = texts(5)
    #expect(one == texts(5) && Set(one).count == 20)
    #expect(Set(one).isDisjoint(with: texts(6)))
  }

  /// Every fault is drawn sooner or later, and no run has them all.
  @Test func eachRunHasItsOwnSubset() throws {
    let ground = try ShippedGround("twosite-raft")
    let drawing = ground.drawing(seed: 11)
    let runs = (1...150).compactMap { drawing.experiment(number: $0) }
    #expect(runs.allSatisfy { $0.faults.count <= 4 && (1...3).contains($0.workloads.count) })
    #expect(Set(runs.flatMap(\.faults)) == Set(ground.repertoire.faults))
    #expect(Set(runs.flatMap(\.workloads)).count > ground.pool.count / 2)
    let texts = runs.map { $0.text() }
    for word in ["after: ", "when: {leader-of: twosite-store}", "{leader-of: twosite-store}"] {
      #expect(texts.contains { $0.contains(word) }, "\(word)")
    }
  }

  /// What was covered often gives way to what was not.
  @Test func whatWasCoveredLeastIsFavoured() throws {
    let ground = try ShippedGround("twosite-raft")
    let drawing = ground.drawing(seed: 3)
    func steps(_ coverage: Coverage) throws -> [String] {
      try (1...60).flatMap { number in
        let drawn = try #require(
          drawing.experiment(number: number, favouring: coverage))
        return try ShippedGround.plan(drawn.text(), seed: 1).schedule.map(\.name)
      }
    }
    let usual = try steps(Coverage())
    let common = "kill"
    var coverage = Coverage()
    for role in ["store", "store in charge"] {
      let cell = CoverageCell(fault: common, role: role, state: .steady)
      coverage.add(Array(repeating: cell, count: 100))
    }
    let favoured = try steps(coverage)
    #expect(favoured.count { $0 == common } < usual.count { $0 == common })
  }

  /// What is never seen to take effect is given up; what was seen once is not.
  @Test func whatTheStackDoesNotFeelIsGivenUp() throws {
    let ground = try ShippedGround("twosite-raft")
    func draws(_ coverage: Coverage) -> Bool {
      (1...120).contains { number in
        ground.drawing(seed: 8).experiment(number: number, favouring: coverage)?.faults
          .contains("disk-slow") == true
      }
    }
    var coverage = Coverage()
    coverage.add([], unconfirmed: Array(repeating: "disk-slow", count: 2))
    #expect(draws(coverage))
    coverage.add([], unconfirmed: ["disk-slow"])
    #expect(!draws(coverage))
    coverage.add([CoverageCell(fault: "disk-slow", role: "store", state: .steady)])
    #expect(draws(coverage))
  }

  @Test func withOneAtATimeNothingOverlaps() throws {
    let ground = try ShippedGround("twosite-raft")
    for number in 1...40 {
      let drawn = try #require(
        ground.drawing(seed: 2, atMost: 1).experiment(number: number))
      let steps = try ShippedGround.plan(drawn.text(), seed: 1).schedule.filter { !$0.isDynamic }
      for (one, next) in zip(steps, steps.dropFirst()) {
        #expect(one.end <= next.at, "\(drawn.text())")
      }
    }
  }
}
