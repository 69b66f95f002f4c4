import Basics
import Testing
import YAML

@Suite struct ParserTests {
  private func parse(_ text: String, limits: Limits = .standard) throws -> YAMLNode {
    try YAMLNode.parse(text: text, file: "x.yaml", limits: limits)
  }

  @Test func everyValueKnowsItsPlace() throws {
    let node = try parse("title: One\nlist:\n  - a\n  - {b: c}\n")
    #expect(node["title"]?.mark == Mark(file: "x.yaml", line: 1, column: 8))
    #expect(node["list"]?.elements?[0].mark == Mark(file: "x.yaml", line: 3, column: 5))
    #expect(node["list"]?.elements?[1]["b"]?.mark.column == 9)
    #expect(node.entries?.map(\.key) == ["title", "list"])
  }

  @Test func quotedNullIsAText() throws {
    let node = try parse("{a: null, b: 'null', c: ~, d: , e: \"\"}")
    #expect(node["a"]?.isNull == true)
    #expect(node["b"]?.text == "null")
    #expect(node["c"]?.isNull == true)
    #expect(node["d"]?.isNull == true)
    #expect(node["e"]?.text == "")
  }

  @Test func aliasesStandForTheirAnchors() throws {
    let node = try parse("a: &x {k: v}\nb: *x\nc: [*x, *x]\n")
    #expect(node["b"]?["k"]?.text == "v")
    #expect(node["c"]?.elements?.count == 2)
  }

  @Test func jsonIsYAML() throws {
    let odd = "\u{1}\u{7f}\u{85}\u{9f}a\u{2028}\u{2029}\u{feff}\u{ffff}\u{1f600}"
    let json: JSON = [
      "text": "a \"quoted\"\n\ttext with ${x} and é and # no comment", "list": [1, 2.5, true, nil],
      "empty": [:], "none": [], "odd": .string(odd),
    ]
    for isIndented in [true, false] {
      let node = try parse(json.text(indented: isIndented))
      #expect(node["text"]?.text == "a \"quoted\"\n\ttext with ${x} and é and # no comment")
      #expect(node["list"]?.elements?.map(\.text) == ["1", "2.5", "true", nil])
      #expect(node["empty"]?.entries?.isEmpty == true)
      #expect(node["odd"]?.text == odd)
    }
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", "x.yaml:3:1: key 'a' stands twice; the first is in line 1"),
    ("a: [1, 2\nb: 3\n", "x.yaml:2:"),
    ("a: *nothing\n", "x.yaml:1:4: unknown anchor 'nothing'"),
    ("a: &x [*x]\n", "x.yaml:1:8: unknown anchor 'x'"),
    ("{[a]: 1}\n", "x.yaml:1:2: a key must be a single value"),
    ("", "x.yaml:1:1: the file is empty"),
    ("# only a comment\n", "x.yaml:1:1: the file is empty"),
    ("a: 1\n---\nb: 2\n", "x.yaml:2:1: a second document in one file"),
    ("a:\n\tb: 1\n", "x.yaml:2:1: not valid YAML"),
    ("a: b: c\n", "x.yaml:1:5: not valid YAML"),
  ])
  func wrongDocumentsAreRefusedWithTheirPlace(text: String, expected: String) {
    let error = #expect(throws: Problem.self) { try parse(text) }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }

  @Test func bytesThatAreNoUTF8AreRefused() {
    let error = #expect(throws: Problem.self) {
      try YAMLNode.parse([0x61, 0x3a, 0x20, 0xff, 0xfe], file: "x.yaml")
    }
    #expect(error?.message.hasPrefix("not valid YAML") == true)
  }

  @Test func deepNestingIsRefusedNotSurvived() {
    for open in ["[", "{a: ", "- "] {
      let text = String(repeating: open, count: 50_000)
      #expect(throws: Problem.self) { try parse(text) }
    }
  }

  @Test func aliasesCannotMultiplyWithoutBound() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    let error = #expect(throws: Problem.self) { try parse(text) }
    #expect(error?.message == "more than 20000 values")
  }

  @Test func aliasesCannotDeepenWithoutBound() {
    var text = "a0: &a0 [x]\n"
    for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    let error = #expect(throws: Problem.self) { try parse(text) }
    #expect(error?.message == "nested more than 40 levels deep")
  }

  @Test func largeFilesAreRefused() {
    let limits = Limits(bytes: 10, values: 10, depth: 3)
    #expect(throws: Problem.self) { try parse("a: 12345678901", limits: limits) }
    #expect(throws: Never.self) { try parse("a: 1", limits: limits) }
  }

  /// Mutated documents end in a value or a problem, never in a crash or a hang.
  @Test func mutatedDocumentsNeverCrash() {
    let seed: UInt64 = 20_261_120
    var chance = Chance(seed: seed)
    let original = Array(
      "a: &x {k: [1, 'two', \"th\\u00e9\"], m: null}\nb: *x\nc: >\n  folded\n  text\n- ?".utf8)
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0...(chance.next() % 4) {
        let position = Int(chance.next() % UInt64(bytes.count))
        switch chance.next() % 3 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: chance.next())
        case 1: bytes.remove(at: position)
        default: bytes.insert(bytes[Int(chance.next() % UInt64(bytes.count))], at: position)
        }
      }
      do { _ = try YAMLNode.parse(bytes, file: "seed \(seed)") } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
