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
    for depth in 0...3 {
      let again = try YAMLNode.parse(text: node.documentText(depth: depth), file: "b")
      #expect(again.flowText == node.flowText, "\(node.documentText(depth: depth))")
      #expect(again.plainest == node.plainest)
    }
  }

  @Test func aDocumentHasALineForEachEntry() throws {
    let node = try YAMLNode.parse(
      text: "{title: A b, work: {x: {rate: 1/s}, y: {}}, method: [{at: 1s}, z]}", file: "a")
    #expect(
      node.documentText() == """
        title: A b
        work:
          x: {rate: 1/s}
          y: {}
        method:
          - {at: 1s}
          - z

        """)
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
