import Basics
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("10.0.1.7", 0x0A00_0107), ("0.0.0.0", 0), ("255.255.255.255", 0xFFFF_FFFF),
    ("10.77.0.255", 0x0A4D_00FF),
  ])
  func textIsReadAndWritten(text: String, bits: UInt32) {
    #expect(IPv4(text: text)?.bits == bits)
    #expect(IPv4(bits: bits).description == text)
  }

  @Test(arguments: [
    "", "1.2.3", "10.0.1", "1.2.3.256", "10.0.1.256", "1.2.3.x", "a.b.c.d", "1.2.3.4.5",
    "1..2.3", "1.2.3.-4", "10.0.1.-1", "+1.2.3.4", "1.2.3.+4", "01.2.3.4", "٣.1.1.1",
  ])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(IPv4(text: text) == nil)
  }

  @Test func prefixesHaveALength() {
    #expect(IPv4Prefix(text: "10.0.0.0/8")?.length == 8)
    #expect(IPv4Prefix(text: "10.0.0.1")?.description == "10.0.0.1/32")
    for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "/8", "10.0.0.0/-1"] {
      #expect(IPv4Prefix(text: text) == nil, "\(text)")
    }
    #expect(IPv4Prefix.everything.description == "0.0.0.0/0")
  }

  @Test func aNetworkHasRoomForHostsAndNoHostBits() throws {
    let network = try #require(IPv4Prefix(network: "10.77.0.0/16"))
    #expect(network.contains(try #require(IPv4(text: "10.77.255.1"))))
    #expect(!network.contains(try #require(IPv4(text: "10.78.0.1"))))
    #expect(network.first == network.address)
    #expect(network.broadcast.description == "10.77.255.255")
    for text in ["10.77.0.1/16", "10.77.0.0", "10.77.0.0/31", "10.77.0.0/0", "x/16"] {
      #expect(IPv4Prefix(network: text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    (0, "0.0.0.0", "255.255.255.255"), (24, "10.0.1.0", "10.0.1.255"),
    (31, "10.0.1.6", "10.0.1.7"), (32, "10.0.1.7", "10.0.1.7"),
  ])
  func everyLengthHasItsEnds(length: Int, first: String, last: String) throws {
    let prefix = IPv4Prefix(try #require(IPv4(text: "10.0.1.7")), length: length)
    #expect(prefix.first.description == first && prefix.broadcast.description == last)
    #expect(prefix.contains(prefix.first) && prefix.contains(prefix.broadcast))
  }

  @Test(arguments: [
    "", "02:00:00:00:00", "02:00:00:00:00:0g", "02:00:00:00:00:000", "+2:0:0:0:0:0",
  ])
  func aWrongHardwareAddressIsRefused(text: String) {
    #expect(MAC(text: text) == nil)
    #expect(MAC(text: "02:00:5e:00:01:0a")?.description == "02:00:5e:00:01:0a")
  }

  @Test func aHardwareAddressIsItsBytes() throws {
    let address = try #require(MAC(text: "02:00:5e:00:01:0a"))
    #expect(address.bytes == [2, 0, 0x5e, 0, 1, 10])
    #expect(!address.isMulticast && MAC.broadcast.isMulticast)
  }
}
