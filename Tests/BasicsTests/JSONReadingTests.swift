import Basics
import Testing

@Suite struct JSONReadingTests {
  static let values: [(String, JSON)] = [
    ("null", JSON.null), (" true ", true), ("[]", []), ("{}", .object([])), ("-0", 0), ("17", 17),
    ("9223372036854775807", .integer(Int64.max)), ("-9223372036854775808", .integer(Int64.min)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1e3", .number(1000)),
    ("2.5", 2.5), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"),
    (#""\u00e9\ud83d\ude00""#, "é😀"), (#""\ud83d""#, "\u{fffd}"), (#""\ud83dx""#, "\u{fffd}x"),
    ("[1, [2, {\"a\": null}]]", [1, [2, ["a": JSON.null]]]),
  ]

  @Test(arguments: values) func aValueIsRead(text: String, value: JSON) throws {
    #expect(try JSON(reading: text) == value)
  }

  @Test(arguments: [
    "", " ", "[1,]", "[,1]", "{\"a\"}", "{a: 1}", "{\"a\": 1,}", "01", "1.", ".5", "+1", "1e",
    "tru", "nul", "\"a", "\"\n\"", "\"\\x\"", "\"\\u12\"", "[1] [2]", "'a'", "NaN", "\u{0}",
    "[1\u{0}]", "\u{feff}1",
  ])
  func whatIsNoValueIsRefusedWithAPlace(text: String) {
    let error = #expect(throws: JSON.ReadingError.self) { try JSON(reading: text) }
    #expect((error?.offset ?? -1) >= 0 && (error?.offset ?? 0) <= text.utf8.count)
    #expect(error?.message.contains("expected") == true)
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSON(reading: nested(JSON.deepest))
    #expect(throws: JSON.ReadingError.self) { try JSON(reading: nested(JSON.deepest + 1)) }
    #expect(throws: JSON.ReadingError.self) { try JSON(reading: nested(100_000)) }
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let value: JSON = [
      "text": "a\u{202e}\"\n\u{1}é", "numbers": [1, -2, 2.5, .integer(Int64.max)], "none": nil,
      "yes": true, "inner": ["": []],
    ]
    #expect(try JSON(reading: value.text()) == value)
    #expect(try JSON(reading: value.text(indented: true)) == value)
  }
}
