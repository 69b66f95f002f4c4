import Basics
import Packets
import Testing

@Suite struct DNSQuestionTests {
  private func question(_ name: String = "Db.example", type: UInt16 = 1) -> DNSQuestion {
    DNSQuestion(name, type: type, id: 0x1234)
  }

  private let address = IPAddress(IPv4(bits: 0xc000_0201))

  @Test func aQuestionIsRead() throws {
    let message: [UInt8] = [
      0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0x44, 0x62, 7, 0x65, 0x78, 0x61, 0x6d, 0x70,
      0x6c,
      0x65, 0, 0, 1, 0, 1,
    ]
    let read = try #require(DNSQuestion(reading: message))
    #expect(read.id == 0x1234 && read.key.text == "db.example" && read.key.type == 1)
    #expect(question().message == message)
    for count in 0..<message.count {
      #expect(DNSQuestion(reading: Array(message[..<count])) == nil, "\(count) bytes")
    }
    #expect(read.key == question("DB.EXAMPLE").key, "letters are alike whatever their case")
    #expect(read.key != question(type: 28).key)
  }

  @Test(arguments: [(0x8180 as UInt16, 1), (0x0100, 0), (0x0100, 2), (0x2900, 1)])
  func whatIsNotOneOrdinaryQuestionIsNone(flags: UInt16, count: Int) {
    var message = question().message
    message.replaceSubrange(2..<4, with: [UInt8(flags >> 8), UInt8(flags & 0xff)])
    message[5] = UInt8(count)
    #expect(DNSQuestion(reading: message) == nil)
  }

  @Test(arguments: [(2 as UInt8, "SERVFAIL"), (3, "NXDOMAIN"), (0, "no record")])
  func aCodeIsAnswered(code: UInt8, text: String) throws {
    let reply = try #require(DNSReply(reading: question().answer(code: code)))
    #expect(reply.id == 0x1234 && reply.key == question().key && reply.code == code)
    #expect(reply.text == text && reply.records.isEmpty)
  }

  @Test func addressesAreAnswered() throws {
    let six = try #require(IPAddress(text: "2001:db8::1"))
    for (type, own) in [(1 as UInt16, address), (28, six)] {
      let answer = try #require(question(type: type).answer(addresses: [address, six]))
      let reply = try #require(DNSReply(reading: answer))
      #expect(reply.code == 0 && reply.addresses == [own] && reply.text == "\(own)")
    }
    let other = try #require(question(type: 28).answer(addresses: [address]))
    #expect(DNSReply(reading: other)?.text == "no record")
    #expect(question(type: 16).answer(addresses: [address]) == nil, "a text is no address")
  }

  /// The number and the letters are those of the new question, the records those of the old answer.
  @Test func anAnswerIsGivenAgain() throws {
    let first = try #require(question().answer(addresses: [address]))
    let reply = try #require(DNSReply(reading: first))
    let later = DNSQuestion("dB.eXample", type: 1, id: 0x4321)
    let again = try #require(later.answer(again: reply))
    #expect(again[12..<28] == later.message[12..<28] && again[0..<2] == [0x43, 0x21])
    #expect(DNSReply(reading: again)?.records == reply.records)
    #expect(question("other.example").answer(again: reply) == nil)
  }

  /// Whatever is sent to port 53 is read without harm.
  @Test func damagedMessagesAreReadOrRefused() throws {
    var chance = Chance(seed: 7)
    let whole = try #require(question().answer(addresses: [address]))
    for _ in 0..<20_000 {
      var message = whole
      for _ in 0...chance.below(3) {
        message[chance.below(message.count)] = UInt8(chance.below(256))
      }
      message.removeLast(chance.below(message.count))
      _ = DNSReply(reading: message)?.text
      _ = DNSQuestion(reading: message)?.key.text
    }
  }
}
