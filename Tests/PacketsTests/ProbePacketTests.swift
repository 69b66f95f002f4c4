import Basics
import Packets
import Testing

@Suite struct ProbePacketTests {
  private static let ends: [(IPAddress, IPAddress)] = [
    (IPAddress(.v4, bits: 0x0a00_0001), IPAddress(.v4, bits: 0x0a00_0002)),
    (IPAddress(.v6, bits: 0xfd << 120 | 1), IPAddress(.v6, bits: 0xfd << 120 | 2)),
  ]
  private static let mark = ProbeTrailer(nonce: 0x0123_4567_89ab_cdef, sequence: 7)

  private func frame(_ packet: ProbePacket, padded: Int = 0) -> [UInt8] {
    FrameBuilder.ethernet(
      type: packet.source.family == .v4 ? 0x0800 : 0x86dd, packet.bytes(Self.mark, padded: padded))
  }

  @Test(arguments: [Transport.tcp, .udp, .icmp, .icmpV6, .vrrp], [0, 1])
  func itIsAPacketOfItsProtocolThatEndsWithItsMark(transport: Transport, family: Int) throws {
    let (source, target) = Self.ends[family]
    let packet = ProbePacket(from: source, to: target, transport: transport, port: 5432)
    for size in [0, 1401] {
      let frame = frame(packet, padded: size)
      #expect(size == 0 || frame.count == 14 + size)
      #expect(ProbeTrailer.ends(frame) && ProbeTrailer(endOf: frame) == Self.mark)
      let (from, to, above, start) = try read(frame)
      #expect(from == source && to == target && above == transport)
      if transport == .tcp || transport == .udp {
        let ports = [frame.span.bytes.uint16(at: start), frame.span.bytes.uint16(at: start + 2)]
        #expect(ports == [0, 5432])
      }
      if [.tcp, .udp, .icmpV6].contains(transport) {
        #expect(!FrameBuilder.hasRightChecksum(frame), "no server may be given it")
      }
    }
  }

  private func read(_ frame: [UInt8]) throws -> (IPAddress, IPAddress, Transport, Int) {
    if let header = IPv4Header(reading: frame) {
      var checksum = InternetChecksum()
      checksum.add(frame.span.bytes.extracting(14..<34))
      #expect(checksum.complete == 0 && header.totalBytes == frame.count - 14)
      return (IPAddress(header.source), IPAddress(header.target), header.transport, 34)
    }
    let header = try #require(IPv6Header(reading: frame))
    let claimed = Int(frame.span.bytes.uint16(at: 18))
    #expect(claimed == frame.count - 54)
    return (header.source, header.target, header.transport, header.transportOffset)
  }

  @Test func oneThatIsDamagedIsNone() {
    let frame = frame(
      ProbePacket(from: Self.ends[0].0, to: Self.ends[0].1, transport: .icmp))
    for index in (frame.count - ProbeTrailer.byteCount)..<frame.count {
      var damaged = frame
      damaged[index] ^= 4
      #expect(ProbeTrailer(endOf: damaged) == nil, "byte \(index)")
    }
    for count in 0..<frame.count {
      #expect(!ProbeTrailer.ends(Array(frame[..<count])))
    }
  }

  @Test func thatOfARPIsNoneThatAKernelHeeds() {
    let frame = ProbePacket.arp(from: MAC(bits: 1), to: MAC(bits: 2), Self.mark)
    let (packet, header) = (
      ARPPacket(readingFrame: frame.span.bytes), EthernetHeader(reading: frame.span.bytes)
    )
    #expect(packet == nil && header?.type == .arp)
    #expect(ProbeTrailer(endOf: frame) == Self.mark)
  }

  @Test func aSolicitationIsNeighbourDiscoveryThatNoKernelHeeds() throws {
    var packet = ProbePacket(
      from: try #require(IPAddress(text: "2001:db8::1")),
      to: try #require(IPAddress(text: "2001:db8::2")),
      transport: .icmpV6)
    packet.solicits = true
    let frame = packet.frame(from: MAC(bits: 1), to: MAC(bits: 2), Self.mark)
    #expect(EthernetHeader(reading: frame.span.bytes)?.type == .ipv6)
    #expect(NDPPacket.mayBe(frame.span.bytes) && ProbeTrailer(endOf: frame) == Self.mark)
    let addresses = packet.source.bytes + packet.target.bytes
    let pseudo = addresses + [0, 0, 0, UInt8(frame.count - 54), 0, 0, 0, 58]
    var checksum = InternetChecksum()
    let summed = pseudo + frame[54...]
    checksum.add(summed.span.bytes)
    #expect(checksum.complete != 0, "a right one adds up to nothing")
  }

  @Test func headersOfIPv6AreFollowedAndNeverReadPastTheEnd() throws {
    let hop: [UInt8] = [44, 0, 0, 0, 0, 0, 0, 0]
    let fragment: [UInt8] = [6, 0, 0, 9, 0, 0, 0, 0]
    let frame = FrameBuilder.ip(isIPv6: true, transport: 0, hop + fragment + [1, 2, 3, 4])
    let header = try #require(IPv6Header(reading: frame))
    #expect(header.transport == .tcp && header.transportOffset == 70 && header.isLaterFragment)
    #expect(header.source.description == "102:304:506:708:90a:b0c:d0e:f10")
    var chance = Chance(seed: 3)
    for _ in 0..<20_000 {
      var bytes = FrameBuilder.ip(
        isIPv6: true, transport: [0, 43, 44, 51, 60, 6][chance.below(6)],
        (0..<chance.below(90)).map { _ in UInt8([0, 1, 43, 44, 60, 255][chance.below(6)]) })
      bytes = Array(bytes[..<min(bytes.count, chance.below(150))])
      guard let header = IPv6Header(reading: bytes) else { continue }
      #expect(header.transportOffset <= bytes.count)
    }
  }
}
