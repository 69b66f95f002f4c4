import Basics
import Faults
import Histories
import Links
import Stacks
import Testing

/// The shapes in which a group of nodes is cut.
@Suite struct SplitTests {
  private func split(_ shape: String) throws -> Split {
    try Split(Settings(["shape": .text(shape)]))
  }

  /// Whom each of so many nodes still reaches, itself included.
  private func reach(_ shape: Split.Shape, of count: Int) -> [Set<Int>] {
    (0..<count).map { a in
      Set((0..<count).filter { $0 == a || shape.joins(a, $0, of: count) })
    }
  }

  @Test(arguments: Split.Shape.allCases, 2...9)
  func reachingIsMutual(_ shape: Split.Shape, _ count: Int) {
    let reach = reach(shape, of: count)
    for a in 0..<count {
      for b in 0..<count { #expect(reach[a].contains(b) == reach[b].contains(a)) }
    }
  }

  @Test(arguments: 2...9) func halvesAreTwoPartsThatShareNobody(_ count: Int) {
    let parts = Set(reach(.halves, of: count))
    #expect(parts.count == 2)
    #expect(parts.map(\.count).sorted() == [count / 2, (count + 1) / 2])
  }

  @Test(arguments: 3...9) func aBridgeIsReachedByAll(_ count: Int) {
    let all = reach(.bridge, of: count)
    #expect(all.filter { $0.count == count }.count == 1)
    #expect(Set(all).count == 3)
  }

  @Test(arguments: 4...11) func inARingEachReachesAMajorityOfItsOwn(_ count: Int) {
    let all = reach(.majoritiesRing, of: count)
    #expect(all.allSatisfy { $0.count > count / 2 && $0.count < count })
    #expect(Set(all).count == count)
  }

  @Test func thePolicyCutsWhatTheShapeSays() throws {
    let cluster = try FakeCluster()
    let trial = Trial(
      [
        .fault(
          1, try split("alone"), at: .zero, for: .seconds(1),
          .target(Target(.role("balancer")), component: nil))
      ], on: cluster)
    #expect(trial.acts.count == 2)
    #expect(trial.acts[0].hasSuffix("cut") && trial.acts[1] == "lift step-1")
    #expect(trial.marks[0].confirmed != nil)
  }

  @Test func whoIsWhereFollowsFromTheSeed() throws {
    func cut(_ seed: UInt64) throws -> String {
      Trial(
        [
          .fault(
            1, try split("halves"), at: .zero, for: .seconds(1),
            .target(Target(.site("a")), component: nil))
        ], on: try FakeCluster(), seed: seed
      ).acts[0]
    }
    #expect(try cut(1) == cut(1))
    #expect(try Set((1...20).map { try cut($0) }).count == 2)
  }

  @Test func tooFewNodesAreRefused() throws {
    let stack = try FakeCluster().stack
    let aim = AimedAt.target(Target(.role("balancer")), component: nil)
    #expect(try split("majorities-ring").refusal(aimedAt: aim, in: stack)?.key == "target")
    #expect(try split("halves").refusal(aimedAt: aim, in: stack) == nil)
  }
}
