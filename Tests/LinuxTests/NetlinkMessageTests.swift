import Basics
import TestGround
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
    let seed = Seeds.fresh()
    var chance = Chance(seed: seed)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0..<80, using: &chance)).map { _ in
        UInt8.random(in: Bool.random(using: &chance) ? 0...0x1F : 0...0xFF, using: &chance)
      }
      for reply in NetlinkReply.parse(bytes) {
        _ = reply.attributes(after: 8)
        _ = AddressChange(reply)
      }
    }
  }
}
