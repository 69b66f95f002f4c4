import Testing
import YAML

/// What is written is read as the same value.
@Suite struct YAMLTextTests {
  @Test(arguments: [
    "{a: 1, b: [x, 50ms, 10%], c: {d: null, e: \"null\"}}",
    "{url: \"http://10.0.0.1:80/\", text: \"two\\nlines, 'quoted' \\\"twice\\\" # no comment\"}",
    "{a: '', b: \"~\", c: \" blank \", d: \"-x\", e: \"{f}\", g: \"${h}\", i: [], j: {}}",
    "[a, {b: c}, [d, [e]]]", "plain", "{\"a: b\": \"é\"}",
  ])
  func whatIsWrittenIsReadAsTheSameValue(_ text: String) throws {
    let node = try YAMLNode.parse(text: text, file: "a")
    for written in [node.flowText, node.written] {
      let again = try YAMLNode.parse(text: written, file: "b")
      #expect(again.flowText == node.flowText, "\(written)")
      #expect(again.plainest == node.plainest)
    }
  }
}

extension YAMLNode {
  /// Everything that a reader can tell, without places.
  fileprivate var plainest: [String] {
    if let elements { return ["["] + elements.flatMap(\.plainest) + ["]"] }
    if let entries { return ["{"] + entries.flatMap { [$0.key] + $0.value.plainest } + ["}"] }
    return [isNull ? "null" : "'\(text ?? "")'"]
  }
}
