import Basics
import Packets
import Testing

struct ProbeFrameTests {
  private let probe = ProbeFrame(
    from: MAC(bits: 0x0200_0000_0001), to: MAC(bits: 0x0200_0000_0002),
    nonce: 0xfedc_ba98_7654_3210, sequence: 77)

  @Test func whatIsWrittenIsRead() {
    #expect(probe.bytes.count == 60)
    #expect(ProbeFrame(probe.bytes) == probe)
    #expect(EthernetHeader(probe.bytes)?.type == .probe)
  }

  @Test func damageAnywhereBehindTheHeaderIsSeen() {
    for bit in 0..<(60 - 14) * 8 {
      var bytes = probe.bytes
      bytes[14 + bit / 8] ^= 1 << (bit % 8)
      #expect(ProbeFrame(bytes) == nil, "bit \(bit)")
    }
  }

  @Test func othersAreNotTakenForOurs() {
    #expect(!ProbeFrame.isProbe(FrameBuilder.tcp(payload: [1, 2, 3])))
    #expect(!ProbeFrame.isProbe(Array(probe.bytes[..<59])))
    var foreign = probe.bytes
    foreign[14] = 0
    #expect(!ProbeFrame.isProbe(foreign))
  }
}
