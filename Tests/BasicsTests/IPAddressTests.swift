import Basics
import Glibc
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("10.0.0.1", "10.0.0.1"), ("fd00::1", "fd00::1"), ("FD00:0:0:0:0:0:0:1", "fd00::1"),
    ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("1:0:2:0:0:3:0:0", "1:0:2::3:0:0"),
    ("1:0:0:2:3:4:5:6", "1::2:3:4:5:6"), ("1:2:3:0:4:5:6:7", "1:2:3:0:4:5:6:7"),
    ("::ffff:10.0.0.1", "::ffff:a00:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
  ])
  func anAddressIsReadAndWrittenInOneForm(text: String, form: String) throws {
    let address = try #require(IPAddress(text: text))
    #expect(address.description == form)
    #expect(IPAddress(text: form) == address && IPAddress(bytes: address.bytes) == address)
    #expect(address.inURL == (address.family == .v4 ? form : "[\(form)]"))
  }

  @Test(arguments: [
    "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::",
    "12345::", "g::", "::1%eth0", "+1::", "1:2:3:4:5:6:7:1.2.3.4", "fd00::1/64", "01.2.3.4",
    "::1.2.3.4:5", "::1.2.3", " ::1", ":1:2:3:4:5:6:7:8",
  ])
  func whatIsNoAddressIsRefused(text: String) { #expect(IPAddress(text: text) == nil) }

  @Test func theFamiliesAreToldApart() throws {
    let (four, six) = (IPAddress(.v4, bits: 1), IPAddress(.v6, bits: 1))
    #expect(four != six && four < six && four.v4 == IPv4(bits: 1) && six.v4 == nil)
    #expect(IPAddress(.v4, bits: 1 << 40).bits == 0)
    #expect(IPAddress(bytes: [1, 2, 3]) == nil)
  }

  /// Whatever the bits, libc reads what is written here, and this reads what libc writes.
  @Test func itAgreesWithTheSystem() throws {
    var chance = Chance(seed: 7)
    for _ in 0..<2000 {
      var bits: UInt128 = 0
      for _ in 0..<8 { bits = bits << 16 | UInt128(chance.below(3) == 0 ? chance.below(65536) : 0) }
      let address = IPAddress(.v6, bits: bits)
      var read = in6_addr()
      #expect(inet_pton(AF_INET6, address.description, &read) == 1)
      var text = [CChar](repeating: 0, count: 64)
      try #require(inet_ntop(AF_INET6, &read, &text, 64) != nil)
      let written = String(decoding: text.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
      #expect(IPAddress(text: written) == address, "\(written)")
    }
  }
}
