import Basics
import Faults
import Histories
import Stacks
import Testing

/// What operators do to whole components: other parameters, more nodes.
@Suite struct DeploymentTests {
  private let proxies = AimedAt.target(Target(.role("balancer")), component: "proxy")

  private func redeploy(_ settings: [String: Setting]) throws(FaultSettingsError) -> Redeploy {
    try Redeploy(Settings(settings))
  }

  private var fewer: [String: Setting] { ["with": .mapping(["workers": .text("2")])] }

  @Test func oneIsReplacedAfterAnother() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(2)
    let trial = Trial([.action(1, try redeploy(fewer), at: .seconds(1), proxies)], on: cluster)
    #expect(
      trial.acts == [
        "stop lb-a/proxy", "replace lb-a/proxy by workers=2", "start lb-a/proxy",
        "stop lb-b/proxy", "replace lb-b/proxy by workers=2", "start lb-b/proxy",
      ])
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy and lb-b/proxy redeployed in turn, each ready again")
  }

  @Test func whatCouldNotBeReplacedIsNotConfirmed() throws {
    let cluster = try FakeCluster()
    cluster.failing = ["replace lb-b/proxy"]
    var settings = fewer
    settings["limit"] = .duration(.seconds(3))
    let trial = Trial([.action(1, try redeploy(settings), at: .seconds(1), proxies)], on: cluster)
    #expect(trial.marks[0].confirmed == nil)
    #expect(cluster.releases.count == 1)
  }

  @Test func aReleaseIsAboutItsComponent() throws {
    let release = try redeploy(fewer).release(aimedAt: proxies)
    #expect(release == Release(of: "proxy", parameters: ["workers": "2"]))
  }

  @Test func whatChangesNothingIsRefused() {
    #expect(throws: FaultSettingsError.self) { try redeploy([:]) }
    #expect(throws: FaultSettingsError.self) {
      try redeploy(["with": .mapping(["workers": .list([])])])
    }
  }

  @Test func aTextNeverSaysAValue() throws {
    #expect(try redeploy(fewer).text == "redeploy with other workers")
  }

  private var bad: [String: Setting] {
    fewer.merging(["must-stop": .flag(true), "patience": .duration(.seconds(2))]) { $1 }
  }

  @Test func aBadVersionStopsAtTheFirst() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(1000)
    let trial = Trial([.action(1, try redeploy(bad), at: .seconds(1), proxies)], on: cluster)
    #expect(
      trial.acts == ["stop lb-a/proxy", "replace lb-a/proxy by workers=2", "start lb-a/proxy"])
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy was not ready within 2s, and lb-b/proxy stayed as before")
    let confirmed = try #require(trial.marks[0].confirmed)
    #expect(trial.marks[0].injected.duration(to: confirmed) >= .seconds(2))
  }

  @Test func aVersionThatGetsThroughWasNotStopped() throws {
    var settings = bad
    settings["limit"] = .duration(.seconds(4))
    let trial = Trial(
      [.action(1, try redeploy(settings), at: .seconds(1), proxies)], on: try FakeCluster())
    #expect(trial.marks[0].confirmed == nil)
    #expect(
      trial.marks[0].confirmation
        == "not done within 4s: lb-a/proxy and lb-b/proxy redeployed and ready: nothing stopped it")
  }

  @Test func patienceIsLessThanTheLimitAndForBadVersionsOnly() {
    #expect(throws: FaultSettingsError.self) {
      try redeploy(bad.merging(["limit": .duration(.seconds(2))]) { $1 })
    }
    #expect(throws: FaultSettingsError.self) {
      try redeploy(fewer.merging(["patience": .duration(.seconds(2))]) { $1 })
    }
  }

  private func scale(to count: Int64, limit: Duration = .seconds(60)) throws -> Scale {
    try Scale(Settings(["to": .integer(count), "limit": .duration(limit)]))
  }

  private let databases = AimedAt.target(Target(.role("database")), component: nil)

  @Test func aSpareNodeJoins() throws {
    let cluster = try FakeCluster()
    cluster.standBy("db-b")
    let trial = Trial([.action(1, try scale(to: 2), at: .seconds(1), databases)], on: cluster)
    #expect(trial.acts == ["db-b serves", "start db-b/db"])
    #expect(
      trial.marks[0].confirmation == "db-a and db-b serve, with all that runs on them ready")
  }

  @Test func oneThatNeverGetsReadyFails() throws {
    let cluster = try FakeCluster()
    cluster.standBy("db-b")
    cluster.startTime = .seconds(1000)
    let trial = Trial(
      [.action(1, try scale(to: 2, limit: .seconds(5)), at: .seconds(1), databases)], on: cluster)
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "not done within 5s: db-b/db is not ready")
  }

  @Test func faultsAreNotAimedAtThoseThatStandBy() throws {
    let cluster = try FakeCluster()
    cluster.standBy("db-b")
    let trial = Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), databases)], on: cluster)
    #expect(!trial.acts.contains { $0.contains("db-b") })
  }

  @Test func onlySparesLeave() throws {
    let stack = try FakeCluster().stack
    let refusal = try scale(to: 1).refusal(aimedAt: databases, in: stack)
    #expect(refusal?.key == "to")
    #expect(try scale(to: 3).refusal(aimedAt: databases, in: stack)?.key == "to")
    #expect(try scale(to: 2).refusal(aimedAt: databases, in: stack)?.key == "target")
  }
}

extension FakeCluster {
  /// Makes a node one that stands by, with nothing running.
  fileprivate func standBy(_ node: NodeID) {
    spares.insert(node)
    for instance in states.keys where instance.node == node {
      states[instance] = InstanceState(isMainAlive: false, processes: 0, starts: [])
    }
  }
}
