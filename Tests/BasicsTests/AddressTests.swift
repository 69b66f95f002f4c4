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
    #expect(IPPrefix(text: "10.0.0.0/8")?.length == 8)
    #expect(IPPrefix(text: "10.0.0.1")?.description == "10.0.0.1/32")
    for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "/8", "10.0.0.0/-1"] {
      #expect(IPPrefix(text: text) == nil, "\(text)")
    }
    #expect(IPPrefix.everything(.v4).description == "0.0.0.0/0")
  }

  @Test func aNetworkHasRoomForHostsAndNoHostBits() throws {
    let network = try #require(IPPrefix(network: "10.77.0.0/16"))
    #expect(network.contains(try #require(IPAddress(text: "10.77.255.1"))))
    #expect(!network.contains(try #require(IPAddress(text: "10.78.0.1"))))
    #expect(network.first == network.address)
    #expect(network.last.description == "10.77.255.255")
    for text in ["10.77.0.1/16", "10.77.0.0", "10.77.0.0/31", "10.77.0.0/0", "x/16"] {
      #expect(IPPrefix(network: text) == nil, "\(text)")
    }
  }

  @Test func aNetworkOfIPv6IsOneToo() throws {
    let network = try #require(IPPrefix(network: "fd00:77::/64"))
    let host = try #require(IPAddress(text: "fd00:77::3:1"))
    #expect(network.contains(host) && network.hasRoom(for: host))
    #expect(!network.contains(try #require(IPAddress(text: "fd00:77:0:1::1"))))
    #expect(!network.hasRoom(for: network.first) && network.hasRoom(for: network.last))
    #expect(network.last.description == "fd00:77::ffff:ffff:ffff:ffff")
    #expect(IPPrefix(host, length: 64).network == network)
    #expect(IPPrefix.everything(.v6).description == "::/0")
    #expect(IPPrefix.everything(.v6).contains(host) && !IPPrefix.everything(.v4).contains(host))
    for text in ["fd00::1/64", "fd00::", "fd00::/127", "::/0", "fd00::/129", "fd00::%eth0/64"] {
      #expect(IPPrefix(network: text) == nil, "\(text)")
    }
  }

  @Test(
    arguments: [
      ("10.77.0.0/16", 3, "10.77.0.3"), ("10.77.0.0/30", 2, "10.77.0.2"), ("10.77.0.0/30", 3, nil),
      ("10.77.0.0/30", 0, nil), ("fd00:77::/64", 256, "fd00:77::100"), ("fd00::/126", 3, "fd00::3"),
      ("fd00::/126", 4, nil), ("255.255.255.252/30", 4, nil),
    ] as [(String, Int, String?)])
  func hostsAreCounted(network: String, number: Int, host: String?) throws {
    #expect(try #require(IPPrefix(network: network)).host(number)?.description == host)
  }

  @Test func networksOverlapWhereTheyHaveAnAddressInCommon() throws {
    func overlap(_ one: String, _ other: String) throws -> Bool {
      let (one, other) = (try #require(IPPrefix(text: one)), try #require(IPPrefix(text: other)))
      #expect(one.overlaps(other) == other.overlaps(one))
      return one.overlaps(other)
    }
    #expect(try overlap("fd00::/16", "fd00:77::/64") && overlap("10.0.0.0/8", "10.1.0.0/16"))
    #expect(try !overlap("fd00:78::/64", "fd00:77::/64") && !overlap("::/0", "0.0.0.0/0"))
  }

  @Test(arguments: [
    ("02:fa:00:00:05:00", "fe80::fa:ff:fe00:500"), ("00:00:5e:00:01:0a", "fe80::200:5eff:fe00:10a"),
  ])
  func aKernelsOwnAddressFollowsFromTheHardware(mac: String, address: String) throws {
    let own = try #require(MAC(text: mac)).linkLocal
    #expect(own.description == address && own.isLinkLocal && !own.isMulticast)
  }

  @Test(arguments: [
    ("fe80::1", true, false), ("febf::1", true, false), ("fec0::1", false, false),
    ("169.254.0.1", true, false), ("10.0.0.1", false, false), ("ff02::12", false, true),
    ("224.0.0.18", false, true), ("239.1.1.1", false, true), ("240.0.0.1", false, false),
  ])
  func whomAnAddressMeansIsToldFromIt(text: String, isLinkLocal: Bool, isMulticast: Bool) throws {
    let address = try #require(IPAddress(text: text))
    #expect(address.isLinkLocal == isLinkLocal && address.isMulticast == isMulticast)
  }

  @Test(arguments: [
    (0, "0.0.0.0", "255.255.255.255"), (24, "10.0.1.0", "10.0.1.255"),
    (31, "10.0.1.6", "10.0.1.7"), (32, "10.0.1.7", "10.0.1.7"),
  ])
  func everyLengthHasItsEnds(length: Int, first: String, last: String) throws {
    let prefix = IPPrefix(try #require(IPAddress(text: "10.0.1.7")), length: length)
    #expect(prefix.first.description == first && prefix.last.description == last)
    #expect(prefix.contains(prefix.first) && prefix.contains(prefix.last))
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
