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
    #expect(AddressChange(replies[0])?.prefix == IPPrefix(text: "10.0.0.1/24"))
    #expect(AddressChange(replies[0])?.isHeld == true)
  }

  @Test(
    arguments: [
      (20, 0, nil, true), (20, 0x80, nil, true), (20, 0x40, nil, false), (20, 0x08, nil, false),
      (20, 0, 0x40, false), (20, 0x40, 0x80, true), (21, 0x80, nil, false),
    ] as [(Int, UInt8, UInt32?, Bool)])
  func anAddressThatMayNotBeUsedIsNotHeld(
    type: Int, flags: UInt8, longFlags: UInt32?, isHeld: Bool
  ) throws {
    var message = NetlinkMessage(type: type)
    for byte in [10, 64, flags, 0] as [UInt8] { message.append(byte) }
    message.append(UInt32(3))
    let address = try #require(IPAddress(text: "fd00::100"))
    message.append(attribute: 1, address.bytes)
    if let longFlags { message.append(attribute: 8, longFlags) }
    let change = try #require(
      AddressChange(NetlinkReply.parse(message.finished(sequence: 1))[0]))
    #expect(change.prefix == IPPrefix(address, length: 64) && change.index == 3)
    #expect(change.isHeld == isHeld)
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
