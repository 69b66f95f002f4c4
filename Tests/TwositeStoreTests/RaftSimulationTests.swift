import Testing

@testable import twosite_store

/// Raft in a simulated world: right in all of it, and each lie is found out.
@Suite struct RaftSimulationTests {
  private static func problems(_ scene: Scene, seed: UInt64) -> [String] {
    var simulation = Simulation<RaftCore>(scene, seed: seed)
    return simulation.run()
  }

  @Test(arguments: 0..<10) func theRightOneIsAlwaysRight(part: UInt64) {
    for seed in part * 15..<(part + 1) * 15 {
      let scene = Scene(members: [1, 2, 3, 3, 5][Int(seed % 5)])
      #expect(Self.problems(scene, seed: seed) == [], "seed \(seed)")
    }
  }

  @Test(arguments: [
    Defect.acknowledgesBeforeReplicating, .acknowledgesBeforeFsync, .losesLogTailOnRestart,
    .followerReadsAsFresh, .servesAfterLosingLease, .countsDeadPeerForQuorum,
    .acceptsWritesInMinority, .voteNotPersisted, .snapshotDropsKey, .readsDuringRecovery,
  ]) func aLieIsFoundOut(defect: Defect) {
    let found = (0..<100).first { !Self.problems(Self.scene(defect), seed: $0).isEmpty }
    #expect(found != nil, "\(defect.rawValue) is never found out")
  }

  /// Where the lie shows.
  private static func scene(_ defect: Defect) -> Scene {
    var scene = Scene(members: 3, defects: [defect])
    switch defect {
    case .voteNotPersisted:
      // Two candidates at a time, and voters that forget between the two.
      (scene.crashesOf1000, scene.longestCrash, scene.lateOf1000) = (60, 30, 400)
    case .acknowledgesBeforeFsync: scene.crashesOf1000 = 30
    default: break
    }
    return scene
  }
}
