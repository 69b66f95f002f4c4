import Testing

@testable import Linux

@Suite struct AddressTests {
  @Test(arguments: [
    ("10.0.1.7", 0x0A00_0107), ("0.0.0.0", 0), ("255.255.255.255", 0xFFFF_FFFF),
  ])
  func textIsReadAndWritten(text: String, bits: UInt32) {
    #expect(IPv4(text)?.bits == bits)
    #expect(IPv4(bits: bits).description == text)
  }

  @Test(arguments: [
    "", "10.0.1", "10.0.1.256", "10.0.1.-1", "1.2.3.4.5", "a.b.c.d", "1..2.3", "٣.1.1.1",
  ])
  func otherTextIsRefused(_ text: String) { #expect(IPv4(text) == nil) }

  @Test func prefixesHaveALength() {
    #expect(IPv4Prefix("10.0.0.0/8")?.length == 8)
    #expect(IPv4Prefix("10.0.0.1")?.description == "10.0.0.1/32")
    for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "/8", "10.0.0.0/-1"] {
      #expect(IPv4Prefix(text) == nil, "\(text)")
    }
    #expect(IPv4Prefix.everything.description == "0.0.0.0/0")
  }
}

@Suite struct NetlinkMessageTests {
  @Test func messagesHaveTheKernelsForm() {
    var message = NetlinkMessage(type: 20, flags: 4)
    message.append(UInt8(2))
    message.append(UInt8(24))
    message.append(UInt16(0))
    message.append(UInt32(1))
    message.append(attribute: 2, [10, 0, 0, 1])
    message.append(attribute: 3, [65, 0])
    let bytes = message.finished(sequence: 9)
    #expect(bytes.count % 4 == 0)
    #expect(bytes.number(at: 0, UInt32.self) == UInt32(bytes.count))
    let replies = NetlinkReply.parse(bytes + bytes)
    #expect(replies.map(\.sequence) == [9, 9] && replies.map(\.type) == [20, 20])
    #expect(replies[0].attributes(after: 8) == [2: [10, 0, 0, 1], 3: [65, 0]])
    #expect(AddressChange(replies[0])?.prefix == IPv4Prefix("10.0.0.1/24"))
    #expect(AddressChange(replies[0])?.isHeld == true)
  }

  @Test func anyBytesAreParsedWithoutACrash() {
    var state = UInt64.random(in: .min ... .max)
    print("seed \(state)")
    for _ in 0..<2000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(state >> 40) % 80 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(state >> 56) & (state >> 20 & 1 == 0 ? 0x1F : 0xFF))
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1
      for reply in NetlinkReply.parse(bytes) {
        _ = reply.attributes(after: 8)
        _ = AddressChange(reply)
      }
    }
  }
}
