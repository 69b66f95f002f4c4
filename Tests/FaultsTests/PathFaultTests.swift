import Basics
import Faults
import Histories
import Stacks
import Testing

/// Each fault of a path against what probes and counters show: with its effect it is confirmed, without it is not.
@Suite struct PathFaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var settings: [String: Setting] = [:]
    let text: String
    /// What probes and counters show where it has no effect, and where it has.
    let without: PolicyTraffic
    let with: PolicyTraffic
    let sentence: String

    var testDescription: String { name }
  }

  private static func traffic(
    dropped: Int = 0, _ way: ProbedWay, _ change: (inout PolicyTraffic) -> Void = { _ in }
  ) -> PolicyTraffic {
    var traffic = PolicyTraffic(dropped: dropped, passed: 50, probes: [way])
    change(&traffic)
    return traffic
  }

  private static func way(
    arrived: Int = 5, lost: Int = 0, _ change: (inout ProbedWay) -> Void = { _ in }
  ) -> ProbedWay {
    var way = ProbedWay.seen(arrived: arrived, lost: lost)
    change(&way)
    return way
  }

  static let cases = [
    Case(
      name: "duplicate", settings: ["share": .ratio(Ratio(0.1))], text: "duplicate 10%",
      without: traffic(way()), with: traffic(way { $0.copies = 1 }),
      sentence: "0 packets were copied, and 1 probes arrived twice"),
    Case(
      name: "reorder", settings: ["share": .ratio(Ratio(0.1))], text: "reorder 10% by 1ms",
      without: traffic(way()), with: traffic(way()) { $0.reordered = 3 },
      sentence: "3 packets were held back, and 0 probes overtook another"),
    Case(
      name: "corrupt", settings: ["share": .ratio(Ratio(0.1))], text: "corrupt 10%",
      without: traffic(way()), with: traffic(way(lost: 1)),
      sentence: "a bit was flipped in 0 packets, and 1 of 6 probes did not arrive whole"),
    Case(
      name: "rate", settings: ["mbit": .number(8)], text: "rate 8 Mbit/s",
      without: traffic(way()) {
        $0.length = .seconds(1)
        $0.passedBytes = 2_000_000
        $0.shortestHold = .milliseconds(2)
      },
      with: traffic(dropped: 4, way()) {
        $0.length = .seconds(2)
        $0.passedBytes = 1_900_000
        $0.shortestHold = .milliseconds(2)
      },
      sentence:
        "7.6 Mbit/s passed on 1 ways, each packet after 2ms at least; 4 found the queue full"),
    Case(
      name: "rate", settings: ["mbit": .number(8)], text: "rate 8 Mbit/s",
      // Nothing had to wait, so nothing shows that there is a bound.
      without: traffic(way()) { $0.length = .seconds(1) },
      with: traffic(way()) {
        $0.length = .seconds(1)
        $0.passedBytes = 10
        $0.shortestHold = .milliseconds(1)
      },
      sentence: "0 Mbit/s passed on 1 ways, each packet after 1ms at least; 0 found the queue full"),
    Case(
      name: "mtu-black-hole", text: "black hole behind an MTU of 1400",
      without: traffic(way { $0.largeArrived = 1 }),
      with: traffic(way { $0.largeArrived = 0 }) { $0.tooLarge = 7 },
      sentence:
        "small probes pass each of 1 ways, and none that is larger; the fabric dropped 7 packets for their size"
    ),
    Case(
      name: "flap", text: "cut for 1s every 2s", without: traffic(way(lost: 0)),
      with: traffic(way(lost: 4)),
      sentence: "4 probes were lost and 5 arrived on 1 ways, by turns"),
  ]

  private func trial(_ one: Case, _ traffic: PolicyTraffic) throws -> Trial {
    let cluster = try FakeCluster()
    cluster.traffic = traffic
    let kind = try #require(FaultCatalogue.faults.first { $0.name == one.name })
    let fault = try kind.init(Settings(one.settings))
    #expect(fault.text == one.text)
    let aim = AimedAt.path(from: Target(.site("a")), to: Target(.site("b")), isTwoWay: true)
    return Trial([.fault(1, fault, at: .zero, for: .seconds(1), aim)], on: cluster)
  }

  @Test(arguments: cases) func itsEffectConfirmsIt(one: Case) throws {
    let trial = try trial(one, one.with)
    #expect(trial.marks[0].confirmed != nil)
    #expect(trial.marks[0].confirmation == one.sentence)
    #expect(trial.acts.last == "lift step-1")
  }

  @Test(arguments: cases) func withoutEffectItIsNotConfirmed(one: Case) throws {
    #expect(try trial(one, one.without).marks[0].confirmed == nil)
  }

  @Test(arguments: [
    (["protocol": Setting.text("tcp"), "port": .integer(5432)], "tcp port 5432"),
    (["protocol": .text("112")], "vrrp"), (["protocol": .text("vrrp")], "vrrp"),
    (["protocol": .text("89")], "protocol 89"), (["protocol": .text("arp")], "arp"),
    (["port": .integer(53)], "port 53"),
  ])
  func everyFaultOfAPathMayBeAboutOneKindOfPacket(own: [String: Setting], words: String) throws {
    for one in Self.cases.map({ ($0.name, $0.settings) }) + [
      ("partition", [:]), ("delay", ["delay": .duration(.seconds(1))]),
      ("loss", ["loss": .ratio(.all)]),
    ] {
      let kind = try #require(FaultCatalogue.faults.first { $0.name == one.0 })
      let fault = try kind.init(Settings(one.1.merging(own) { $1 }))
      #expect(fault.text.hasSuffix(" of \(words)"))
      #expect(kind.schema.key(named: "protocol") != nil && kind.schema.key(named: "port") != nil)
      let cluster = try FakeCluster()
      let aim = AimedAt.path(from: Target(.site("a")), to: Target(.site("b")), isTwoWay: true)
      let trial = Trial([.fault(1, fault, at: .zero, for: .seconds(1), aim)], on: cluster)
      #expect(trial.acts[0].hasSuffix(" of \(words)"))
    }
  }

  @Test(arguments: [
    ([("protocol", Setting.text("htttp"))], "protocol"), ([("protocol", .text("256"))], "protocol"),
    ([("protocol", .text("icmp")), ("port", .integer(1))], "port"),
    ([("protocol", .text("+6"))], "protocol"),
  ])
  func aKindThatIsNoneIsRefused(own: [(String, Setting)], key: String) {
    let settings = Settings(Dictionary(uniqueKeysWithValues: own))
    let error = #expect(throws: FaultSettingsError.self) { try Partition(settings) }
    #expect(error?.key == key)
  }

  @Test func everyFaultOfAPathIsThere() {
    let known = Set(Self.cases.map(\.name)).union(["partition", "delay", "loss"])
    #expect(Set(FaultCatalogue.faults.filter { $0.aim == .path }.map { $0.name }) == known)
  }
}
