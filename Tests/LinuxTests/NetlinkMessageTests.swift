import Basics
import Testing

@testable import Linux

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
    #expect(AddressChange(replies[0])?.prefix == IPv4Prefix(text: "10.0.0.1/24"))
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
