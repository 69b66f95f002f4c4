import Basics
import Testing

@testable import Packets

@Suite struct PcapngReaderTests {
  private static func packet(_ frame: [UInt8], _ comments: [String], interface: Int) -> [UInt8] {
    let most = PcapngBlock.packetHeaderBytes + frame.count + PcapngBlock.packetTrailerBytes
    var bytes = [UInt8](repeating: 0, count: most)
    bytes.replaceSubrange(
      PcapngBlock.packetHeaderBytes..<PcapngBlock.packetHeaderBytes + frame.count, with: frame)
    var whole = bytes.mutableSpan
    var span = whole.mutableBytes
    let end = PcapngBlock.closePacket(
      in: &span, interface: interface, at: 5_000_000_123, keptBytes: frame.count,
      originalBytes: 1500, comments: comments)
    return Array(bytes[..<end])
  }

  private static let file =
    PcapngBlock.section(of: "tests") + PcapngBlock.interface("a@lan")
    + PcapngBlock.interface("b@lan") + packet([1, 2, 3, 4, 5], ["cut", "wide"], interface: 1)
    + packet([], [], interface: 0)
    + PcapngBlock.statistics(of: 0, at: 6, lost: 1 << 33, comments: ["late"])

  private static let items: [PcapngReader.Item] = [
    .packet(
      .init(
        interface: "b@lan", stamp: 5_000_000_123, frame: [1, 2, 3, 4, 5], originalBytes: 1500,
        comments: ["cut", "wide"])),
    .packet(
      .init(interface: "a@lan", stamp: 5_000_000_123, frame: [], originalBytes: 1500, comments: [])),
    .end(lost: 1 << 33, comments: ["late"]),
  ]

  @Test func whatIsWrittenIsReadWhereverItIsCut() {
    for cut in 0...Self.file.count {
      var reader = PcapngReader()
      let first = reader.take(Array(Self.file[..<cut]))
      let second = reader.take(Array(Self.file[cut...]))
      #expect((first ?? []) + (second ?? []) == Self.items, "cut at \(cut)")
    }
  }

  @Test func whatIsNoneOfOursIsRefused() {
    var text = PcapngReader()
    let page = text.take(Array("<html><body>no</body></html>".utf8))
    #expect(page == nil)
    var stranger = PcapngReader()
    let packet = stranger.take(Self.packet([1], [], interface: 0))
    #expect(packet == nil, "no interface was described")
  }

  /// A file that is damaged anywhere is refused or read, and never ends the program.
  @Test func damageEndsNothing() {
    var chance = Chance(seed: 7)
    for _ in 0..<2000 {
      var bytes = Self.file
      for _ in 0...chance.below(3) { bytes[chance.below(bytes.count)] = UInt8(chance.below(256)) }
      var reader = PcapngReader()
      _ = reader.take(bytes)
    }
  }

  @Test func aFrameIsOneLine() {
    func line(_ frame: [UInt8], of original: Int? = nil) -> String {
      FrameLine(frame, originalBytes: original ?? frame.count).text
    }
    let syn = FrameBuilder.tcp(flags: 0x02, payload: [])
    #expect(line(syn) == "10.0.0.1:5000 > 10.0.0.2:80 TCP S, 0 bytes")
    let data = FrameBuilder.tcp(payload: [UInt8](repeating: 65, count: 100))
    #expect(line(data) == "10.0.0.1:5000 > 10.0.0.2:80 TCP AP, 100 bytes")
    // Where only headers were kept, the length is still that of the wire.
    let headers = Array(data[..<(14 + 20 + 32)])
    #expect(line(headers, of: data.count) == "10.0.0.1:5000 > 10.0.0.2:80 TCP AP, 100 bytes")
    let request = FrameBuilder.arp(operation: 1, senderIP: 0x0a00_0001, targetIP: 0x0a00_0002)
    #expect(line(request) == "ARP who has 10.0.0.2? tell 10.0.0.1")
    let claim = FrameBuilder.arp(operation: 2, senderIP: 0x0a00_0001, targetIP: 0x0a00_0001)
    #expect(line(claim) == "ARP 10.0.0.1 is at 02:00:00:00:00:01, says itself")
    let vrrp = FrameBuilder.ip(transport: 112, [0x21, 51, 100, 1, 0, 1, 0, 0])
    #expect(line(vrrp) == "10.0.0.1 > 10.0.0.2 VRRP router 51, priority 100")
    let ping = FrameBuilder.ip(transport: 1, [8, 0, 0, 0])
    #expect(line(ping) == "10.0.0.1 > 10.0.0.2 ICMP echo request")
    let question = FrameBuilder.udp(payload: DNSQuestion("db.test", type: 1, id: 9).message)
    #expect(line(question) == "10.0.0.1:53 > 10.0.0.2:5353 UDP, 25 bytes, DNS db.test?")
    let six = FrameBuilder.tcp(isIPv6: true, flags: 0x14, payload: [])
    #expect(line(six).hasSuffix("TCP AR, 0 bytes") && line(six).hasPrefix("["))
    #expect(line([1, 2]) == "2 bytes")
    #expect(line(FrameBuilder.ethernet(type: 0x88cc, [0])).hasSuffix("type 0x88cc, 15 bytes"))
  }
}
