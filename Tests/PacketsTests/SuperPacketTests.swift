import Basics
import Packets
import Testing

struct SuperPacketTests {
  /// However an uncut packet is divided into runs, its frames are those of the whole.
  @Test(arguments: [1, 2, 3, 4] as [UInt64], [false, true])
  func runsCarryWhatTheWholeCarried(seed: UInt64, isIPv6: Bool) throws {
    var chance = Chance(seed: seed)
    let segment = Int.random(in: 100...1460, using: &chance)
    let payload = (0..<Int.random(in: segment + 1...60_000, using: &chance)).map { _ in
      UInt8.random(in: 0...255, using: &chance)
    }
    let frame = FrameBuilder.tcp(isIPv6: isIPv6, sequence: .max - 5000, payload: payload)
    let offload = tcpOffload(frame, segment: segment, isIPv6: isIPv6)
    let packet = try #require(SuperPacket(frame, offload))
    #expect(packet.segmentCount == (payload.count + segment - 1) / segment)

    var next = 0
    var carried: [UInt8] = []
    while next < packet.segmentCount {
      let end = min(packet.segmentCount, next + Int.random(in: 1...5, using: &chance))
      let (run, rest) = cut(packet, next..<end, frame, offload)
      let bytes = try check(run, rest, packet, next..<end, frame)
      carried += bytes
      next = end
    }
    #expect(carried == payload, "seed \(seed)")
  }

  @Test func finAndPushBelongToTheLastFrameAndTheCongestionMarkToTheFirst() throws {
    let frame = FrameBuilder.tcp(flags: 0x99, payload: Array(repeating: 1, count: 3000))
    let offload = tcpOffload(frame, segment: 1000, isIPv6: false)
    let packet = try #require(SuperPacket(frame, offload))
    let flags = (0..<3).map { cut(packet, $0..<$0 + 1, frame, offload).0[34 + 13] }
    #expect(flags == [0x90, 0x10, 0x19])
  }

  @Test func datagramsGetLengthsOfTheirOwn() throws {
    let frame = FrameBuilder.udp(payload: Array(repeating: 1, count: 2500))
    let offload = OffloadHeader(
      isChecksumOpen: true, segmentation: .udp, headerBytes: 42, segmentBytes: 1000,
      checksumStart: 34, checksumOffset: 6)
    let packet = try #require(SuperPacket(frame, offload))
    for (index, bytes) in [1000, 1000, 500].enumerated() {
      var (run, rest) = cut(packet, index..<index + 1, frame, offload)
      #expect(run.count == 42 + bytes)
      #expect(Int(run[38]) << 8 | Int(run[39]) == bytes + 8)
      #expect(rest.segmentation == .none)
      finish(&run, &rest)
      #expect(FrameBuilder.hasRightChecksum(run))
    }
  }

  @Test func whatCannotBeCutIsTreatedWhole() {
    let frame = FrameBuilder.tcp(payload: [1, 2, 3])
    #expect(SuperPacket(frame, .none) == nil)
    var offload = tcpOffload(frame, segment: 0, isIPv6: false)
    #expect(SuperPacket(frame, offload) == nil)
    offload.segmentBytes = 100
    offload.checksumStart = 60
    #expect(SuperPacket(frame, offload) == nil)
    offload.checksumStart = 34
    offload.checksumOffset = 500
    #expect(SuperPacket(frame, offload) == nil)
    let arp = FrameBuilder.arp(operation: 1, senderIP: 1, targetIP: 2)
    #expect(SuperPacket(arp, offload) == nil)
  }

  /// Nodes may send anything; the harness must not trap on it.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func randomBytesNeverTrap(seed: UInt64) {
    var chance = Chance(seed: seed)
    for _ in 0..<3000 {
      var frame =
        Bool.random(using: &chance)
        ? FrameBuilder.tcp(
          isIPv6: Bool.random(using: &chance), payload: Array(repeating: 5, count: 3000))
        : (0..<Int.random(in: 0...200, using: &chance)).map { UInt8(truncatingIfNeeded: $0) }
      for _ in 0..<Int.random(in: 0...6, using: &chance) where !frame.isEmpty {
        let at = Int.random(in: 0..<min(frame.count, 80), using: &chance)
        frame[at] = UInt8.random(in: 0...255, using: &chance)
      }
      frame = Array(frame.prefix(Int.random(in: 0...frame.count, using: &chance)))
      var offload = OffloadHeader(
        isChecksumOpen: Bool.random(using: &chance),
        segmentation: Segmentation(rawValue: UInt8.random(in: 0...5, using: &chance)),
        headerBytes: 0, segmentBytes: UInt16.random(in: 0...2000, using: &chance),
        checksumStart: UInt16.random(in: 0...100, using: &chance),
        checksumOffset: UInt16.random(in: 0...30, using: &chance))
      _ = (ARPPacket(frame), headerExtent(frame))
      if let ip = IPv4Header(frame) { _ = Ports(frame, ip) }
      if let packet = SuperPacket(frame, offload) {
        for index in 0..<packet.segmentCount { _ = cut(packet, index..<index + 1, frame, offload) }
      }
      finish(&frame, &offload)
    }
  }

  /// A run's frame is right in every field that changes; answers its payload.
  private func check(
    _ run: [UInt8], _ rest: OffloadHeader, _ packet: SuperPacket, _ range: Range<Int>,
    _ whole: [UInt8]
  ) throws -> [UInt8] {
    let start = FrameBuilder.transportOffset(run)
    if start == 34 {
      let ip = try #require(IPv4Header(run))
      #expect(ip.totalBytes == run.count - 14)
      #expect(FrameBuilder.sum(Array(run[14..<34])) == 0xffff)
      #expect(uint16(run, at: 18) == 9 + UInt16(range.lowerBound))
    } else {
      #expect(Int(uint16(run, at: 18)) == run.count - 54)
    }
    let sequence = uint32(whole, at: start + 4)
    #expect(
      uint32(run, at: start + 4)
        == sequence &+ UInt32(range.lowerBound * packet.segmentBytes))
    #expect((rest.segmentation == .none) == (range.count == 1))
    var (finished, offload) = (run, rest)
    finish(&finished, &offload)
    #expect(FrameBuilder.hasRightChecksum(finished))
    return Array(run[packet.headerBytes...])
  }

  private func tcpOffload(_ frame: [UInt8], segment: Int, isIPv6: Bool) -> OffloadHeader {
    OffloadHeader(
      isChecksumOpen: true, segmentation: isIPv6 ? .tcpV6 : .tcpV4, headerBytes: 66,
      segmentBytes: UInt16(segment), checksumStart: isIPv6 ? 54 : 34, checksumOffset: 16)
  }

  private func cut(
    _ packet: SuperPacket, _ run: Range<Int>, _ frame: [UInt8], _ offload: OffloadHeader
  ) -> ([UInt8], OffloadHeader) {
    var headers = [UInt8](repeating: 0, count: packet.headerBytes)
    let rest = headers.withUnsafeMutableBytes { memory in
      var span = memory.mutableBytes
      return packet.writeHeaders(of: run, from: frame.span.bytes, offload: offload, to: &span)
    }
    return (headers + frame[packet.payload(of: run)], rest)
  }
}
