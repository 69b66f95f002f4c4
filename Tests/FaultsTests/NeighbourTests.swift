import Basics
import Faults
import Histories
import Stacks
import Testing

/// Whom nodes believe to have an address, and what is refused.
@Suite struct NeighbourTests {
  private let onProxy = AimedAt.target(Target(.node("client")), component: nil)
  private let address = IPAddress(IPv4(bits: 0x0a00_0064))

  private func stale(_ more: [String: Setting] = [:]) throws -> StaleNeighbours {
    try StaleNeighbours(Settings(["address": .text("vip")].merging(more) { $1 }))
  }

  private func trial(
    _ fault: StaleNeighbours, takes: Bool = true, owners: [NodeID] = ["lb-a"],
    events: [(at: Duration, what: (FakeCluster) -> Void)] = []
  ) throws -> Trial {
    let cluster = try FakeCluster()
    cluster.owners = owners
    cluster.takesNeighbours = takes
    return Trial(
      [.fault(1, fault, at: .zero, for: .seconds(2), onProxy)], on: cluster, events: events)
  }

  @Test func itTakesEffectWhenTheAddressMoves() throws {
    let moves = (
      at: Duration.seconds(1), what: { (cluster: FakeCluster) in cluster.owners = ["lb-b"] }
    )
    let trial = try trial(stale(), events: [moves])
    #expect(trial.acts == ["fix \(address) on client at lb-a", "release \(address) on client"])
    #expect(
      trial.marks[0].confirmation
        == "client sends what is for vip to lb-a (00:00:00:00:00:02), and lb-b holds it")
    #expect(trial.marks[0].healConfirmed != nil)
  }

  @Test func asLongAsItHasNotMovedNobodyIsMisled() throws {
    let trial = try trial(stale())
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "client sends to lb-a, which holds vip")
  }

  @Test func towardsAnotherItTakesEffectAtOnce() throws {
    let trial = try trial(stale(["towards": .text("lb-b")]))
    #expect(trial.acts.first == "fix \(address) on client at lb-b")
    #expect(trial.marks[0].confirmed != nil)
  }

  @Test func anEntryThatIsNotThereRefutesIt() throws {
    let trial = try trial(stale(["towards": .text("lb-b")]), takes: false)
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "client has no lasting entry for vip")
  }

  @Test func whoHoldsItMustBeKnown() throws {
    let trial = try trial(stale(), owners: ["lb-a", "lb-b"])
    #expect(trial.marks[0].confirmed == nil && trial.acts.first?.hasPrefix("fix") != true)
  }

  @Test(arguments: [
    (["address": "nil"], "client", "address"), (["towards": "nobody"], "client", "towards"),
    (["towards": "lb-b"], "lb-b", "towards"),
  ])
  func whatCannotWorkIsRefused(own: [String: String], node: String, key: String) throws {
    let fault = try stale(own.mapValues { .text($0) })
    let stack = try FakeCluster().stack
    let aim = AimedAt.target(Target(.node(NodeID(node))), component: nil)
    #expect(fault.refusal(aimedAt: aim, in: stack)?.key == key)
  }

  @Test(arguments: [true, false]) func theSilentMayKnowEachOther(forgets: Bool) throws {
    let cluster = try FakeCluster()
    let fault = try NeighbourSilence(Settings(["forget": .flag(forgets)]))
    let aim = AimedAt.path(from: Target(.node("lb-a")), to: Target(.node("db-b")), isTwoWay: true)
    let trial = Trial([.fault(1, fault, at: .zero, for: .seconds(1), aim)], on: cluster)
    let kind = "arp and neighbour discovery"
    let first = "impair step-1 lb-a <> db-b cut of \(kind)"
    let both = ["forget db-b on lb-a", "forget lb-a on db-b"]
    #expect(trial.acts == [first] + (forgets ? both : []) + ["lift step-1"])
  }

  @Test(arguments: [
    (["answer": Setting.text("servfail"), "address": .text("10.0.0.1")], "address"),
    (["answer": .text("wrong"), "address": .text("db")], "address"),
    (["answer": .text("none"), "names": .list([.text("a..b")])], "names"), ([:], "answer"),
  ])
  func aLieThatMakesNoSenseIsRefused(settings: [String: Setting], key: String) {
    let error = #expect(throws: FaultSettingsError.self) { try NamesFail(Settings(settings)) }
    #expect(error?.key == key)
  }

  @Test(arguments: [
    (["correlation": Setting.ratio(Ratio(0.5))], "correlation"),
    (["distribution": .text("normal")], "distribution"),
    (["jitter": .duration(.milliseconds(1)), "correlation": .ratio(.all)], "correlation"),
  ])
  func aSpreadThatMakesNoSenseIsRefused(own: [String: Setting], key: String) {
    let settings = ["delay": Setting.duration(.milliseconds(10))].merging(own) { $1 }
    let error = #expect(throws: FaultSettingsError.self) { try Delay(Settings(settings)) }
    #expect(error?.key == key)
  }
}
