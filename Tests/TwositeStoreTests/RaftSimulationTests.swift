import TestGround
import Testing

@testable import twosite_store

/// Raft in a simulated world: right in all of it, and each lie is found out.
@Suite struct RaftSimulationTests {
  private static func problems(_ scene: Scene, seed: UInt64) -> [String] {
    var simulation = Simulation<RaftCore>(scene, seed: seed)
    return simulation.run()
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func theRightOneIsAlwaysRight(part: UInt64) {
    for round in 0..<UInt64(Seeds.rounds(30)) {
      let seed = round * 4 + part
      let scene = Scene(members: [3, 1, 5, 3, 2][Int(seed % 5)])
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
