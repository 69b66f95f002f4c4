import Basics
import Testing

@testable import Stacks

/// Searching by bytes finds what searching by characters does, where characters are told apart by it.
@Suite struct ByteTextTests {
  private static let pieces = [
    "a", "é", "e\u{301}", " ", "\t", "\u{a0}", "$", "{", "}", "${", "=", "==", "!=", " and ", "|",
    ":",
    "👨‍👩‍👧", "\u{2003}", "x",
  ]

  private static func text(_ chance: inout Chance) -> String {
    (0..<Int(chance.next() % 12)).map { _ in pieces[Int(chance.next() % UInt64(pieces.count))] }
      .joined()
  }

  @Test func bothWaysAgree() {
    var chance = Chance(seed: 20_261_128)
    var found = 0
    for _ in 0..<20_000 {
      let text = Self.text(&chance)
      #expect(text.width == text.count, "\(text)")
      var rest = Substring(text)
      while rest.first?.isWhitespace == true { rest.removeFirst() }
      while rest.last?.isWhitespace == true { rest.removeLast() }
      #expect(trim(text) == String(rest), "\(text)")
      for word in ["${", "==", "!=", " and "] as [StaticString] {
        let plain = word.description
        // A mark that joins the word's last character makes another character of it.
        guard !text.unicodeScalars.contains("\u{301}") else { continue }
        #expect(text.parts(between: word) == text.split(separator: plain), "\(text)")
        #expect(text.firstPlace(of: word) == text.firstRange(of: plain), "\(text)")
        found += text.firstPlace(of: word) == nil ? 0 : 1
      }
    }
    #expect(found > 1_000)
  }

  @Test func aTextIsCountedInCharactersAlsoWhereLinesEndWithAReturn() {
    #expect("a\r\nb".width == 3 && "ab\n".width == 3 && "".width == 0)
  }
}
