import Basics
import Links
import Linux
import Testing

@testable import Fabric

extension OnTheMachine {
  /// Who knows whom, by the kernels' own tables.
  @Suite struct NeighbourTests {
    private let vip = IPAddress(IPv4(bits: 0x0a00_0064))

    private func silence(_ lab: Lab) {
      let match = FrameMatch(kind: PacketKind(.neighbours))
      let paths = Path.between(["a"], ["b"]).map { path in
        var path = path
        path.match = match
        return path
      }
      lab.fabric.impair("silence", paths, .cut)
    }

    /// Strangers do not find each other, and who knows the other goes on.
    @Test func onlyStrangersAreSilenced() throws {
      try Lab.with { lab in
        silence(lab)
        #expect(lab.exchangeDatagrams(1, from: 0, to: 1).isEmpty)
        #expect(try #require(lab.fabric.counters(under: "silence")).dropped.cut > 0)
        try lab.introduceAll()
        #expect(lab.exchangeDatagrams(5, from: 0, to: 1).count == 5)
        lab.fabric.lift("silence")
        try lab.places[0].shell("ip neigh flush all nud permanent dev eth0")
        #expect(lab.exchangeDatagrams(5, from: 0, to: 1).count == 5)
      }
    }

    @Test func neighbourDiscoveryIsTold() {
      for (type, isMeant) in [(134 as UInt8, false), (135, true), (136, true), (128, false)] {
        let ethernet: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd]
        let header: [UInt8] = [0x60, 0, 0, 0, 0, 8, 58, 255] + Array(repeating: 1, count: 32)
        let frame = ethernet + header + [type, 0, 0, 0, 0, 0, 0, 0]
        let traits = FrameTraits(reading: frame.span.bytes)
        #expect(traits.isNeighbourDiscovery == isMeant && !traits.isARP, "type \(type)")
      }
    }

    /// An announcement moves an entry that was learnt, and none that is fixed; removed, it may be learnt anew.
    @Test func aFixedEntryStaysWhateverIsAnnounced() throws {
      try Lab.with(nodes: 3) { lab in
        let netlink = try lab.places[0].run { Result { () throws(Errno) in try Netlink() } }.get()
        func entry() throws -> Netlink.Neighbour? {
          try netlink.neighbours().first { $0.address == vip }
        }
        func hold(_ index: Int) throws {
          try lab.places[index].shell("ip addr add 10.0.0.100/24 dev eth0")
        }
        try hold(1)
        #expect(try entry() == nil)
        try netlink.fixNeighbour(vip, at: Lab.mac(1), on: "eth0")
        let fixed = try #require(try entry())
        #expect(fixed.isPermanent && fixed.hardwareAddress == Lab.mac(1))
        // The same again replaces it.
        try netlink.fixNeighbour(vip, at: Lab.mac(2), on: "eth0")
        #expect(try entry()?.hardwareAddress == Lab.mac(2))
        let announcement = ARPFrame.announcing(vip, at: Lab.mac(1))
        lab.fabric.deliver(announcement, to: "a", in: Lab.segment)
        #expect(lab.countDatagrams(1, from: 1, to: 0) == 1, "what came before has been taken in")
        #expect(try entry()?.hardwareAddress == Lab.mac(2))
        try netlink.delete(fixed)
        #expect(try entry() == nil)
        let error = #expect(throws: Errno.self) { try netlink.delete(fixed) }
        #expect(error?.isGone == true)
      }
    }
  }
}

private enum ARPFrame {
  /// A gratuitous reply to all.
  static func announcing(_ address: IPAddress, at place: MAC) -> [UInt8] {
    let fixed: [UInt8] = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2]
    return MAC.broadcast.bytes + place.bytes + fixed + place.bytes + address.bytes + place.bytes
      + address.bytes
  }
}
