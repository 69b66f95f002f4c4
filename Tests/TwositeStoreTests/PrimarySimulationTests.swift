import TestGround
import Testing

@testable import twosite_store

/// The modes with a primary in a simulated world.
@Suite struct PrimarySimulationTests {
  private static func scene(_ members: Int, _ defects: Set<Defect> = []) -> Scene {
    Scene(members: members, witness: true, defects: defects)
  }

  private static func synchronous(_ seed: UInt64, _ defects: Set<Defect> = []) -> [String] {
    var simulation = Simulation<PrimaryCore<SynchronousWay>>(scene(3, defects), seed: seed)
    return simulation.run()
  }

  private static func asynchronous(_ seed: UInt64, _ defects: Set<Defect> = []) -> [String] {
    var simulation = Simulation<PrimaryCore<AsynchronousWay>>(scene(4, defects), seed: seed)
    simulation.judge.mayLose = true
    return simulation.run()
  }

  @Test(arguments: 0..<2 as Range<UInt64>) func synchronousLosesNothing(part: UInt64) {
    for round in 0..<UInt64(Seeds.rounds(40)) {
      let seed = round * 2 + part
      #expect(Self.synchronous(seed) == [], "seed \(seed)")
    }
  }

  @Test(arguments: 0..<2 as Range<UInt64>) func asynchronousHasOnePrimaryAndConverges(part: UInt64)
  {
    for round in 0..<UInt64(Seeds.rounds(30)) {
      let seed = round * 2 + part
      #expect(Self.asynchronous(seed) == [], "seed \(seed)")
    }
  }

  @Test(arguments: [
    Defect.acknowledgesBeforeReplicating, .acknowledgesBeforeFsync, .promotesWithoutFencing,
    .servesAfterLosingLease, .countsDeadPeerForQuorum, .acceptsWritesInMinority,
    .losesLogTailOnRestart, .followerReadsAsFresh, .readsDuringRecovery,
  ]) func aLieIsFoundOut(defect: Defect) {
    let found = (0..<100).first { !Self.synchronous($0, [defect]).isEmpty }
    #expect(found != nil, "\(defect.rawValue) is never found out")
  }
}
