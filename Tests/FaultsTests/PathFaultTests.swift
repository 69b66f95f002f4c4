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

  /// One question, asked over the way and on the server's own node.
  private static func asked(
    _ overPath: String?, _ onServer: String?, code: UInt8 = 0, truth: UInt8 = 0
  ) -> PolicyTraffic {
    func answer(_ text: String, _ code: UInt8) -> AskedWay.Answer {
      AskedWay.Answer(
        code: code, addresses: [IPAddress(text: text)].compactMap(\.self), text: text)
    }
    var traffic = traffic(way())
    let look = AskedWay.Look(
      name: "db.example", overPath: overPath.map { answer($0, code) },
      onServer: onServer.map { answer($0, truth) })
    traffic.asked = [
      AskedWay(source: "lb-a", target: "db-b", wasAnswered: true, last: look),
      // Nobody serves names there.
      AskedWay(source: "lb-a", target: "db-a", wasAnswered: false),
    ]
    return traffic
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
      // Four of the seven were lost to something else.
      with: traffic(dropped: 7, way()) {
        $0.length = .seconds(2)
        $0.queueFull = 3
        $0.passedBytes = 1_900_000
        $0.shortestHold = .milliseconds(2)
      },
      sentence:
        "7.6 Mbit/s passed on 1 ways, each packet after 2ms at least; 3 found the queue full"),
    Case(
      name: "rate", settings: ["mbit": .number(8)], text: "rate 8 Mbit/s",
      // Nothing had to wait, so nothing shows that there is a bound.
      without: traffic(way()) { $0.length = .seconds(1) },
      // How long they waited is not known any more where another fault was healed meanwhile.
      with: traffic(way()) {
        $0.length = .seconds(1)
        $0.passedBytes = 10
        $0.waited = 2
      },
      sentence: "0 Mbit/s passed on 1 ways; 0 found the queue full"),
    Case(
      name: "mtu-black-hole", text: "black hole behind an MTU of 1400",
      without: traffic(way { $0.largeArrived = 1 }),
      with: traffic(way { $0.largeArrived = 0 }) { $0.tooLarge = 7 },
      sentence:
        "small probes pass each of 1 ways, and none that is larger; the fabric dropped 7 packets for their size"
    ),
    Case(
      name: "tcp-reset", text: "reset of tcp", without: traffic(way()),
      with: traffic(way(arrived: 0, lost: 4) { $0.resets = 4 }) {
        $0.replaced = 9
        $0.connections = ConnectionsLeft(before: 3, left: 0)
      },
      sentence:
        "the nodes' kernels have none of 3 ends of connections that were open; segments on each of 1 ways are answered by resets "
        + "at both ends, 9 of the stack's own"),
    Case(
      name: "tcp-reset", text: "reset of tcp",
      // A connection that lives on was not reset, whatever became of probes.
      without: traffic(way(arrived: 0, lost: 4) { $0.resets = 4 }) {
        $0.connections = ConnectionsLeft(before: 3, left: 1)
      },
      with: traffic(way(arrived: 0, lost: 4) { $0.resets = 4 }) {
        $0.connections = ConnectionsLeft(before: 0, left: 0)
      },
      sentence:
        "the nodes' kernels have none of 0 ends of connections that were open; segments on each of 1 ways are answered by resets "
        + "at both ends, 0 of the stack's own"),
    Case(
      name: "tcp-reset", settings: ["connections": .text("established"), "port": .integer(80)],
      text: "reset established connections of tcp port 80",
      // Lost is not reset.
      without: traffic(way(arrived: 0, lost: 4)) {
        $0.connections = ConnectionsLeft(before: 1, left: 0)
      },
      with: traffic(way(arrived: 0, lost: 4) { $0.resets = 4 }) {
        $0.connections = ConnectionsLeft(before: 1, left: 0)
      },
      sentence:
        "the nodes' kernels have none of 1 ends of connections that were open; segments on each of 1 ways are answered by resets "
        + "at both ends, 0 of the stack's own"),
    Case(
      name: "neighbour-silence", text: "silence arp and neighbour discovery",
      without: traffic(way()), with: traffic(dropped: 2, way(arrived: 0, lost: 4)),
      sentence:
        "ARP passed each of 1 ways before, and does not any more; the fabric dropped 2 packets of it"
    ),
    Case(
      name: "dns-fails", settings: ["answer": .text("none")],
      text: "answer DNS questions with nothing",
      without: asked("10.0.0.1", "10.0.0.1"), with: asked(nil, "10.0.0.1"),
      sentence:
        "asked on each of 1 ways; db.example: no answer, where the server itself says 10.0.0.1"),
    Case(
      name: "dns-fails", settings: ["answer": .text("servfail")],
      text: "answer DNS questions with SERVFAIL",
      // A server that fails by itself shows nothing.
      without: asked("SERVFAIL", "SERVFAIL", code: 2, truth: 2),
      with: asked("SERVFAIL", "10.0.0.1", code: 2),
      sentence:
        "asked on each of 1 ways; db.example: SERVFAIL, where the server itself says 10.0.0.1"),
    Case(
      name: "dns-fails",
      settings: [
        "answer": .text("wrong"), "names": .list([.text("*.example")]),
        "address": .text("10.0.0.9"),
      ],
      text: "answer DNS questions for *.example with 10.0.0.9",
      without: asked("10.0.0.1", "10.0.0.1"), with: asked("10.0.0.9", "10.0.0.1"),
      sentence:
        "asked on each of 1 ways; db.example: 10.0.0.9, where the server itself says 10.0.0.1"),
    Case(
      name: "dns-fails", settings: ["answer": .text("stale")],
      text: "answer DNS questions with what was true before",
      // As long as the name has not changed, nobody was misled.
      without: asked("10.0.0.1", "10.0.0.1"), with: asked("10.0.0.1", "10.0.0.2"),
      sentence:
        "asked on each of 1 ways; db.example: 10.0.0.1, where the server itself says 10.0.0.2"),
    Case(
      name: "delay",
      settings: [
        "delay": .duration(.milliseconds(50)), "jitter": .duration(.milliseconds(10)),
        "distribution": .text("normal"), "correlation": .ratio(Ratio(0.2)),
      ], text: "delay 50ms ± 10ms normal, 20% alike",
      without: traffic(way { $0.typical = .milliseconds(5) }),
      with: traffic(
        way {
          $0.typical = .milliseconds(50)
          $0.low = .milliseconds(40)
          $0.high = .milliseconds(62)
          $0.before = .milliseconds(1)
        }),
      sentence:
        "probes on each of 1 ways: a tenth, half and nine tenths of 5 from lb-a to db-b took at most 40ms, 50ms, 62ms, "
        + "1ms before it; asked for: 37.186ms, 50ms, 62.814ms"),
    Case(
      name: "delay",
      settings: [
        "delay": .duration(.milliseconds(50)), "jitter": .duration(.milliseconds(20)),
      ], text: "delay 50ms ± 20ms",
      // Within the bounds, but not spread as was asked for.
      without: traffic(way(arrived: 40) { $0.typical = .milliseconds(31) }),
      with: traffic(way(arrived: 40) { $0.typical = .milliseconds(50) }),
      sentence: "probes on each of 1 ways took 50ms and more"),
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
    #expect(trial.acts.contains("lift step-1"))
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
      ("partition", [:]), ("loss", ["loss": .ratio(.all)]),
    ] {
      let kind = try #require(FaultCatalogue.faults.first { $0.name == one.0 })
      // Some are about one kind only.
      if kind.schema.key(named: "protocol") == nil { continue }
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
    let known = Set(Self.cases.map(\.name)).union(["partition", "loss"])
    #expect(Set(FaultCatalogue.faults.filter { $0.aim == .path }.map { $0.name }) == known)
  }
}
