import Basics
import Testing

struct ByteCountTests {
  @Test(arguments: [
    ("1", 1), ("64K", 65_536), ("64MiB", 67_108_864), ("iB", nil), ("5iB", nil),
    ("500M", 524_288_000), ("2g", 2_147_483_648), ("0", nil),
    ("-1", nil),
    ("", nil), ("G", nil), ("1.5G", nil), ("99999999999G", nil),
  ])
  func sizesAreReadInPowersOf1024(text: String, bytes: Int?) {
    #expect(ByteCount.read(text) == bytes)
  }

  @Test(arguments: ["1", "64K", "500M", "4G", "1025"]) func whatIsWrittenIsReadBack(text: String) {
    #expect(ByteCount.read(text).map(ByteCount.text) == text)
  }
}
