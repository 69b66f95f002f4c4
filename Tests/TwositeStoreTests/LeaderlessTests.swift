import ServiceGround
import TestGround
import Testing

@testable import twosite_store

/// The mode without a leader.
@Suite(.serialized) struct LeaderlessTests {
  private static func problems(_ defects: Set<Defect>, seed: UInt64) -> [String] {
    var simulation = KeyedSimulation(defects, seed: seed)
    return simulation.run()
  }

  @Test func theRightOneIsAlwaysRight() {
    for seed in 0..<UInt64(Seeds.rounds(60)) {
      #expect(Self.problems([], seed: seed) == [], "seed \(seed)")
    }
  }

  @Test(arguments: [
    Defect.lastWriteWinsBySkewedClock, .oneKeyNeverConverges, .divergenceHiddenByReadRepair,
    .splitBrainDropsASide, .acknowledgesBeforeReplicating, .followerReadsAsFresh,
    .tombstoneResurrected, .acceptsWritesInMinority,
  ]) func aLieIsFoundOut(defect: Defect) {
    let found = (0..<60).first { !Self.problems([defect], seed: $0).isEmpty }
    #expect(found != nil, "\(defect.rawValue) is never found out")
  }

  @Test func realReplicasKeepWhatOneOfThemMissed() throws {
    let group = try TestMembers(["a", "a", "b"])
    var replicas = try (0..<3).map { try makeKeyedReplica(group.membership($0)) }
    func deadline() -> Deadline { .after(.seconds(3)) }
    #expect(comes { replicas[0].put("k", [1], until: deadline()) == .done([]) })
    #expect(comes { replicas.allSatisfy { $0.local("") == [KeyedValue(key: "k", value: [1])] } })
    replicas[2].stop()
    #expect(replicas[0].put("k", [2], until: deadline()) == .done([]))
    #expect(replicas[1].delete("other", until: deadline()) == .done([]))
    replicas[2] = try makeKeyedReplica(group.membership(2))
    #expect(comes { replicas[2].local("") == [KeyedValue(key: "k", value: [2])] })
    #expect(replicas[2].get("k", until: deadline()) == .found([KeyedValue(key: "k", value: [2])]))
    for replica in replicas { replica.stop() }
  }
}
