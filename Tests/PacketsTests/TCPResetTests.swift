import Basics
import Packets
import Testing

@Suite struct TCPResetTests {
  /// A segment of `FrameBuilder`: from port 5000 to 80, sequence 1000, acknowledging 77.
  @Test(arguments: [false, true]) func bothEndsGetWhatTheyExpect(isIPv6: Bool) throws {
    let frame = FrameBuilder.tcp(isIPv6: isIPv6, payload: [1, 2, 3])
    let reset = try #require(TCPReset(answering: frame))
    let onward = try #require(reset.onward)
    try expect(onward, like: frame, ports: [5000, 80], sequence: 1000, acknowledgement: 77)
    #expect(onward[0..<12] == frame[0..<12])
    try expect(reset.back, like: frame, ports: [80, 5000], sequence: 77, acknowledgement: nil)
    #expect(reset.back[0..<6] == frame[6..<12] && reset.back[6..<12] == frame[0..<6])
    #expect(!reset.isOpening)
  }

  /// SYN takes a number, and there is nobody to tell at the other end.
  @Test func anOpeningIsRefused() throws {
    let frame = FrameBuilder.tcp(flags: 2, payload: [])
    let reset = try #require(TCPReset(answering: frame))
    #expect(reset.isOpening && reset.onward == nil)
    try expect(reset.back, like: frame, ports: [80, 5000], sequence: 0, acknowledgement: 1001)
  }

  @Test func theEndOfASegmentWithoutAcknowledgementIsAcknowledged() throws {
    let frame = FrameBuilder.tcp(flags: 1, payload: [1, 2, 3])
    let reset = try #require(TCPReset(answering: frame))
    try expect(reset.back, like: frame, ports: [80, 5000], sequence: 0, acknowledgement: 1004)
  }

  @Test func aResetIsNotAnswered() {
    for frame in [FrameBuilder.tcp(flags: 4, payload: []), FrameBuilder.udp(payload: [1])] {
      #expect(TCPReset(answering: frame) == nil)
    }
    let whole = FrameBuilder.tcp(payload: [])
    for count in 0..<whole.count - 12 {
      #expect(TCPReset(answering: Array(whole[..<count])) == nil, "\(count) bytes")
    }
  }

  /// A probe's reset is a probe, too: it bears the mark, and no kernel believes it.
  @Test func aProbeIsAnsweredByProbes() throws {
    let mark = ProbeTrailer(nonce: 3, sequence: 4)
    var packet = ProbePacket(
      from: IPAddress(IPv4(bits: 0x0a00_0001)), to: IPAddress(IPv4(bits: 0x0a00_0002)),
      transport: .tcp, port: 80)
    packet.acknowledges = true
    let frame = FrameBuilder.ethernet(type: 0x0800, packet.bytes(mark))
    #expect(!TransportFrame.isReset(frame))
    let reset = try #require(TCPReset(answering: frame))
    for answer in [reset.back, try #require(reset.onward)] {
      #expect(ProbeTrailer(endOf: answer) == mark)
      #expect(TransportFrame.isReset(answer))
      #expect(!FrameBuilder.hasRightChecksum(answer))
    }
  }

  private func expect(
    _ answer: [UInt8], like frame: [UInt8], ports: [UInt16], sequence: UInt32,
    acknowledgement: UInt32?
  ) throws {
    let bytes = answer.span.bytes
    let read = try #require(TransportFrame(reading: answer))
    #expect([read.sourcePort, read.targetPort] == ports && TransportFrame.isReset(answer))
    #expect(FrameBuilder.hasRightChecksum(answer))
    let at = read.offset
    let numbers = [bytes.uint32(at: at + 4), bytes.uint32(at: at + 8)]
    #expect(numbers == [sequence, acknowledgement ?? 0])
    let flags = bytes.uint8(at: at + 13)
    #expect(flags == (acknowledgement == nil ? 0x04 : 0x14))
    let origin = try #require(TransportFrame(reading: frame))
    #expect(Set([read.source, read.target]) == Set([origin.source, origin.target]))
  }
}
