import Basics
import Bindings
import Histories
import TestGround
import Testing
import Workloads

@Suite struct TextPatternTests {
  private func match(_ pattern: String, _ text: String) throws -> TextPattern.Match {
    try TextPattern(pattern, at: "").match(Array(text.utf8)[...])
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func aValueIsAsShortAsWhatFollowsAllows() throws {
    let pattern = "VALUE {any}\r\n{value}\r\nEND\r\n"
    #expect(
      try match(pattern, "VALUE r1 0 2\r\n17\r\nEND\r\nmore")
        == .complete(value: bytes("17"), length: 23))
    #expect(try match("a{value}b", "aabb") == .complete(value: bytes("a"), length: 3))
    #expect(try match("OK\r\n", "OK\r\n") == .complete(value: nil, length: 4))
    #expect(try match("{value}.", ".") == .complete(value: [], length: 1))
  }

  @Test(arguments: ["", "V", "VALUE ", "VALUE r1 0 2\r\n17\r\nEN"])
  func moreMayCome(text: String) throws {
    #expect(try match("VALUE {any}\r\n{value}\r\nEND\r\n", text) == .incomplete)
  }

  @Test(arguments: ["X", "VALUE2", "ERROR\r\n"]) func itNeverWill(text: String) throws {
    #expect(try match("VALUE {any}\r\n{value}\r\nEND\r\n", text) == .no)
  }

  @Test(arguments: [
    ("{value}", "ends with some text"), ("a{value}{any}b", "between two places"),
    ("a{value}b{value}c", "has one {value}"), ("a{x}b", "no other braces"), ("", "ends with"),
  ])
  func aWrongOneIsRefused(pattern: String, reason: String) {
    let error = #expect(throws: BindingError.self) { try TextPattern(pattern, at: "k") }
    #expect(error?.message.contains(reason) == true && error?.key == "k")
  }

  @Test func aListIsMadeOfOneAfterAnother() throws {
    let each = try TextPattern("{any}={value};", at: "")
    #expect(each.values(in: bytes("a=1;b=2;")[...]) == [bytes("1"), bytes("2")])
    #expect(each.values(in: bytes("")[...]) == [])
    #expect(each.values(in: bytes("a=1;b")[...]) == nil)
  }

  /// What has come decides for good: with more bytes a match stays what it was.
  @Test func moreBytesNeverChangeADecision() throws {
    var chance = Chance(seed: Seeds.fresh("text patterns "))
    let patterns = try ["a{value}b", "{any}ab{value}c\r\n", "abc", "{value}a"].map {
      try TextPattern($0, at: "")
    }
    for _ in 0..<Seeds.rounds(5_000) {
      let text = (0..<12).map { _ in Array("abc\r\n".utf8)[Int(chance.next() % 5)] }
      for pattern in patterns {
        var decided: TextPattern.Match?
        for length in 0...text.count {
          let found = pattern.match(text[..<length])
          if let decided { #expect(found == decided) }
          if found != .incomplete { decided = found }
        }
      }
    }
  }
}

@Suite struct TCPBindingsTests {
  static let read = WorkloadFunction("read", result: .scalar, isRead: true, "Reads.")
  static let write = WorkloadFunction("add", argument: .scalar, "Writes.")

  private func bindings() throws -> TCPBindings {
    try TCPBindings(
      ClientSettings(functions: [
        "read": Settings([
          "send": .text("get {key}\r\n"), "expect": .text("V {value}\r\n"),
          "absent": .text("END\r\n"),
        ]),
        "add": Settings([
          "send": .text("set {key} {value|length} {value}\r\n"), "expect": .text("OK\r\n"),
          "refused": .text("NO{any}\r\n"),
        ]),
      ]), functions: [Self.read, Self.write])
  }

  @Test(arguments: [
    ("read", "V 17\r\n", Completion.ok(.integer(17))), ("read", "END\r\n", .ok()),
    ("add", "OK\r\n", .ok(.text("ä"))), ("add", "NO room\r\n", .fail("refused: NO room\r\n")),
    ("add", "what\r\n", .info("an answer like none: what\r\n")),
    ("read", "what\r\n", .fail("an answer like none: what\r\n")),
  ])
  func anAnswerMeansWhatItsPatternSays(function: String, answer: String, meaning: Completion) throws
  {
    let bindings = try bindings()
    let invocation =
      function == "read"
      ? Invocation(Self.read, key: .integer(3))
      : Invocation(Self.write, key: .integer(3), .text("ä"))
    #expect(bindings.completion(Array(answer.utf8), of: invocation) == meaning)
    #expect(bindings.completion(Array(answer.utf8.dropLast()), of: invocation).map(\.kind) != .ok)
  }

  @Test func aFunctionWithoutAWordIsRefused() {
    let error = #expect(throws: BindingError.self) {
      try TCPBindings(ClientSettings(), functions: [Self.read])
    }
    #expect(error?.message.contains("say what is sent to 'read'") == true)
  }

  @Test func whatIsSentCountsBytes() throws {
    let text = try bindings().text(Invocation(Self.write, key: .integer(3), .text("ä")))
    #expect(text == "set 3 2 ä\r\n")
  }
}
