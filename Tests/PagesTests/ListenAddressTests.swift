import Basics
import Testing

@testable import Pages

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:8080", true), ("127.8.8.8:1", true), ("[::1]:8080", true), ("10.0.0.1:0", false),
    ("[fd00::1]:65535", false), ("0.0.0.0:80", false), ("[::]:80", false),
  ])
  func anAddressAndAPortAreRead(text: String, isLoopback: Bool) throws {
    let place = try #require(ListenAddress(text: text))
    #expect(place.description == text && place.isLoopback == isLoopback)
  }

  @Test(arguments: [
    "", ":", ":8080", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
    "127.0.0.1:+1", "::1:8080", "[::1]", "[127.0.0.1]:80", "localhost:8080", "127.0.0.1:80 ",
    "[::1%lo]:80",
  ])
  func anythingElseIsNot(text: String) { #expect(ListenAddress(text: text) == nil) }

  @Test func everyAddressIsNamedByAnyAddressAndByNoName() throws {
    let all = try #require(ListenAddress(text: "0.0.0.0:8080"))
    #expect(all.isNamed(by: "192.168.1.7:8080") && all.host == "127.0.0.1:8080")
    #expect(!all.isNamed(by: "evil.example:8080") && !all.isNamed(by: "192.168.1.7:80"))
    #expect(!all.isNamed(by: "192.168.1.7") && !all.isNamed(by: "[::1]:8080"))
    let usual = try #require(ListenAddress(text: "[::]:80"))
    #expect(usual.isNamed(by: "[fd00::1]") && usual.host == "[::1]")
  }
}
