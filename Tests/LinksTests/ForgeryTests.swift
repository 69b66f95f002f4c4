import Basics
import Links
import Testing

@Suite struct ForgeryTests {
  @Test func theFirstPolicyThatMeetsAFrameSpeaksForIt() {
    var link = Link(chance: Chance(seed: 1))
    let tcp = PacketKind(.ip(name: "tcp", numbers: [6]), port: 80)
    link.add("reset", with { $0.forgery = .resets(.all) }, of: FrameMatch(kind: tcp))
    var traits = FrameTraits()
    traits.transport = 6
    traits.ports = [5000, 80]
    let met = link.matching(traits)
    #expect(link.isForging && link.forger(matching: met)?.policy == "reset")
    #expect(link.forger(matching: []) == nil)
    link.remove("reset", at: .start)
    #expect(!link.isForging)
  }

  @Test(arguments: [
    ("db.example", "DB.example", true), ("db.example", "x.db.example", false),
    ("*.example", "db.example", true), ("*.example", "example", false), ("*", "any", true),
    ("*.example", "notexample", false),
  ])
  func aPatternMeansItsNames(pattern: String, name: String, isMeant: Bool) throws {
    let read = try #require(DomainPattern(pattern))
    #expect(read.covers(name) == isMeant)
    #expect(read.covers(read.example))
  }

  @Test(arguments: ["", "a..b", "a b", "*a.example", "a.*", ".example", "ex!"])
  func whatIsNoNameIsRefused(text: String) { #expect(DomainPattern(text) == nil) }

  @Test func neighboursAreFoundByEitherProtocol() {
    let kind = PacketKind(.neighbours)
    var arp = FrameTraits()
    arp.isARP = true
    var discovery = FrameTraits()
    discovery.isNeighbourDiscovery = true
    #expect(kind.covers(arp) && kind.covers(discovery) && !kind.covers(FrameTraits()))
  }
}
