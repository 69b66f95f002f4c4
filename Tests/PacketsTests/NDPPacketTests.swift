import Basics
import Packets
import Testing

struct NDPPacketTests {
  @Test(
    arguments: [
      (FrameBuilder.ndp(135, about: "fd00::100"), NDPPacket.Kind.solicitation, "fd00::1"),
      (FrameBuilder.ndp(135, from: "::", about: "fd00::100"), .probe, nil),
      (FrameBuilder.ndp(136, flags: 0x60, about: "fd00::100"), .advertisement, "fd00::100"),
      (FrameBuilder.ndp(136, flags: 0x20, about: "fd00::100"), .unsolicited, "fd00::100"),
      // A router says so with the highest bit, which changes nothing.
      (FrameBuilder.ndp(136, flags: 0xa0, about: "fd00::100"), .unsolicited, "fd00::100"),
    ] as [([UInt8], NDPPacket.Kind, String?)])
  func neighboursSayWhatTheySay(frame: [UInt8], kind: NDPPacket.Kind, claimed: String?) throws {
    let packet = try #require(NDPPacket(frame))
    #expect(packet.kind == kind && packet.target.description == "fd00::100")
    #expect(packet.claimed?.description == claimed)
    #expect(packet.hardwareAddress == nil)
  }

  @Test func theHardwareAddressIsInAnOption() throws {
    let nonce: [UInt8] = [14, 1, 1, 2, 3, 4, 5, 6]
    let answer = FrameBuilder.ndp(
      136, flags: 0x20, about: "fd00::100", options: nonce + FrameBuilder.linkLayer(2))
    let packet = try #require(NDPPacket(answer))
    #expect(packet.hardwareAddress == MAC(bits: 0x0200_0000_0001) && packet.overrides)
    let question = FrameBuilder.ndp(135, about: "fd00::100", options: FrameBuilder.linkLayer(1))
    #expect(NDPPacket(question)?.hardwareAddress == MAC(bits: 0x0200_0000_0001))
    // That of the target means nothing in a question.
    let odd = FrameBuilder.ndp(135, about: "fd00::100", options: FrameBuilder.linkLayer(2))
    #expect(NDPPacket(odd)?.hardwareAddress == nil)
    #expect(NDPPacket(FrameBuilder.ndp(136, flags: 0x40, about: "fd00::100"))?.overrides == false)
  }

  /// RFC 4861, section 7.1: what receivers must not heed is no claim.
  @Test(arguments: [
    FrameBuilder.ndp(136, about: "fd00::100", hopLimit: 254),
    FrameBuilder.ndp(136, code: 1, about: "fd00::100"),
    FrameBuilder.ndp(136, about: "ff02::1"),
    FrameBuilder.ndp(134, about: "fd00::100"),
    FrameBuilder.ndp(128, about: "fd00::100"),
    FrameBuilder.ndp(136, about: "fd00::100", options: [2, 0, 0, 0, 0, 0, 0, 0]),
    FrameBuilder.ndp(136, about: "fd00::100", options: [2, 2, 0, 0, 0, 0, 0, 0]),
    FrameBuilder.ndp(136, about: "fd00::100", options: [2, 1, 0]),
    FrameBuilder.tcp(isIPv6: true, payload: Array(repeating: 1, count: 100)),
    FrameBuilder.arp(operation: 1, senderIP: 1, targetIP: 2),
  ])
  func whatIsNoneIsRefused(frame: [UInt8]) { #expect(NDPPacket(frame) == nil) }

  @Test func aTruncatedFrameIsNotRead() {
    let whole = FrameBuilder.ndp(136, about: "fd00::100", options: FrameBuilder.linkLayer(2))
    for count in 0..<whole.count { #expect(NDPPacket(Array(whole[..<count])) == nil) }
    #expect(NDPPacket(whole) != nil && NDPPacket(whole + [0, 0]) != nil, "padding is none of it")
  }

  @Test func noBytesAreTooStrange() {
    var chance = Chance(seed: 5)
    let whole = FrameBuilder.ndp(136, about: "fd00::100", options: FrameBuilder.linkLayer(2))
    for _ in 0..<20_000 {
      var frame = whole
      for _ in 0..<1 + chance.below(4) {
        frame[chance.below(frame.count)] = UInt8(truncatingIfNeeded: chance.below(256))
      }
      if NDPPacket(frame) != nil { #expect(NDPPacket.mayBe(frame)) }
    }
  }
}
