import Basics
import Links
import Testing

/// A policy that is about some frames of a way leaves the others alone.
@Suite struct SelectiveLinkTests {
  private static let web = IPAddress(.v4, bits: 1)
  private static let store = IPAddress(.v4, bits: 2)
  private static let other = IPAddress(.v4, bits: 3)

  private func traits(
    from source: IPAddress, to target: IPAddress, _ transport: UInt8 = 6, ports: [UInt16] = []
  ) -> FrameTraits {
    var traits = FrameTraits()
    (traits.source, traits.target) = (source, target)
    traits.transport = transport
    traits.ports = ports
    return traits
  }

  private func admit(_ link: inout Link, _ traits: FrameTraits, at now: Int64) -> Fate {
    link.admit(at: moment(now), sizeBytes: 100, matching: link.matching(traits))
  }

  @Test func onlyTheFlowIsCut() {
    var link = Link(chance: Chance(seed: 1))
    let flow = FrameMatch(flow: Flow(from: [Self.web], to: [Self.store]))
    link.add("partition", .cut, of: flow, ledger: 4)
    let meant = traits(from: Self.web, to: Self.store)
    let spared = traits(from: Self.other, to: Self.store)
    #expect(!link.isCut && link.isSelective)
    #expect(link.isCut(matching: link.matching(meant)))
    #expect(!link.isCut(matching: link.matching(spared)))
    #expect(admit(&link, meant, at: 1) == .dropped(.cut))
    #expect(admit(&link, spared, at: 1) == .delivered(Delivery(at: moment(1))))
    #expect(admit(&link, FrameTraits(), at: 1) == .delivered(Delivery(at: moment(1))))
    #expect(link.ledgers(of: link.matching(meant)) == [4])
    link.remove("partition", at: moment(2))
    #expect(!link.isSelective)
    #expect(admit(&link, meant, at: 3) == .delivered(Delivery(at: moment(3))))
  }

  @Test func othersDoNotWaitBehindADelayedFlowAndTheFlowKeepsItsOrder() {
    var link = Link(chance: Chance(seed: 1))
    link.add("wan", .delay(.milliseconds(2)))
    link.add("slow", .delay(.milliseconds(100)), of: FrameMatch(flow: Flow(from: [Self.web])))
    let (slow, fast) = (
      traits(from: Self.web, to: Self.store), traits(from: Self.other, to: Self.store)
    )
    #expect(admit(&link, slow, at: 0) == .delivered(Delivery(at: moment(102))))
    #expect(admit(&link, fast, at: 1) == .delivered(Delivery(at: moment(3))))
    let latest = link.remove("slow", at: moment(5))
    #expect(latest == moment(7))
    #expect(admit(&link, slow, at: 5) == .delivered(Delivery(at: moment(7))))
  }

  @Test func aFlowThatBecomesSlowDoesNotOvertakeItself() {
    var link = Link(chance: Chance(seed: 1))
    link.add("wan", .delay(.milliseconds(50)))
    let frame = traits(from: Self.web, to: Self.store)
    #expect(admit(&link, frame, at: 0) == .delivered(Delivery(at: moment(50))))
    link.add("wan", .delay(.milliseconds(1)))
    link.add("slow", .delay(.milliseconds(2)), of: FrameMatch(flow: Flow(from: [Self.web])))
    #expect(admit(&link, frame, at: 1) == .delivered(Delivery(at: moment(50))))
  }

  @Test func anAddressThatIsNotSaidIsAny() {
    let flow = Flow(from: [Self.web])
    #expect(flow.covers(traits(from: Self.web, to: Self.store)))
    #expect(flow.covers(traits(from: Self.web, to: Self.other)))
    #expect(!flow.covers(traits(from: Self.other, to: Self.store)))
    #expect(!flow.covers(FrameTraits()), "it has no addresses")
  }

  @Test func kindsAreToldByProtocolAndPort() {
    let tcp = PacketKind(.ip(name: "tcp", numbers: [6]), port: 5432)
    let request = traits(from: Self.web, to: Self.store, 6, ports: [40000, 5432])
    let answer = traits(from: Self.store, to: Self.web, 6, ports: [5432, 40000])
    let udp = traits(from: Self.web, to: Self.store, 17, ports: [40000, 5432])
    #expect(tcp.covers(request) && tcp.covers(answer) && !tcp.covers(udp))
    #expect(!tcp.covers(traits(from: Self.web, to: Self.store, 6)), "a later fragment")
    #expect(PacketKind(nil, port: 5432).covers(udp))
    let icmp = PacketKind(.ip(name: "icmp", numbers: [1, 58]))
    #expect(icmp.covers(traits(from: Self.web, to: Self.store, 58)) && !icmp.covers(udp))
    var arp = FrameTraits()
    arp.isARP = true
    #expect(PacketKind(.arp).covers(arp) && !PacketKind(.arp).covers(udp) && !icmp.covers(arp))
    #expect("\(tcp)" == "tcp port 5432" && "\(PacketKind(.arp))" == "arp")
    #expect("\(PacketKind(nil, port: 53))" == "port 53")
  }
}
