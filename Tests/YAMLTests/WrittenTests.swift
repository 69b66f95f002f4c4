import Basics
import Testing
import YAML

@Suite struct WrittenTests {
  private func plain(_ node: YAMLNode) -> JSON {
    switch node.content {
    case .scalar(let text, _): node.isNull ? .null : .string(text)
    case .sequence(let elements): .array(elements.map(plain))
    case .mapping(let entries): .object(entries.map { JSON.Member($0.key, plain($0.value)) })
    }
  }

  @Test(arguments: [
    "a: {at: 1s, target: {leader-of: store}, for: 4s}",
    "- [a, 'b, c', \"d: e\"]\n- {x: 'null', y: null, z: ~}\n- ''",
    "rate: 50/s\nkeys: 10.0.0.0/8\npath: a/*.b\nvalue: '- x'\nmore: \"a # b\"\nlast: 'x:'",
    "text: |\n  two\n  lines\n'strange: key': 1\n? null\n: 2\nempty: {}\nnone: []",
    "deep: {a: {b: {c: [{d: 1, e: 2222222222222222222222222222222222222222222222222222222222222}]}}}",
    "odd: \"\\u0007 \\u00e9 \\U0001F600\"\npercent: '%x'\nat: '@x'\nback: '`x'\nblank: ' x '",
  ])
  func whatIsWrittenReadsTheSame(text: String) throws {
    let node = try YAMLNode.parse(text: text, file: "t")
    let again = try YAMLNode.parse(text: node.written, file: "t")
    #expect(plain(again) == plain(node), "\(node.written)")
  }

  /// Whatever characters a text has.
  @Test func everyTextReadsTheSame() throws {
    var chance = Chance(seed: 11)
    let characters = Array("ab:,#-[]{}\"'%&*!|>@`~ \\\n\t?/.é\u{1}😀0")
    for _ in 0..<3000 {
      let text = String(
        (0..<chance.below(7)).map { _ in characters[chance.below(characters.count)] })
      let mark = Mark(file: "t")
      let scalar = YAMLNode(.scalar(text, isPlain: chance.below(2) == 0), at: mark)
      let node = YAMLNode(
        .mapping([
          .init(key: "k", mark: mark, value: YAMLNode(.sequence([scalar, scalar]), at: mark))
        ]),
        at: mark)
      let again = try YAMLNode.parse(text: node.written, file: "t")
      #expect(plain(again) == plain(node), "\(node.written)")
    }
  }

  @Test func anExperimentLooksLikeOne() throws {
    let text = """
      title: A server dies
      stack: small
      workloads:
        pages: {kind: call, service: page, rate: 100/s, clients: 4, from: {role: client}, timeout: 500ms}
      steady-state: {for: 2s, within: 20s}
      method:
        - {at: 1s, fault: kill, target: {node: web}, component: page, for: 4s}
        - {at: 9s, action: heal-all}
      invariants:
        - availability: {workload: pages, at-least: 10%}
        - settles

      """
    #expect(try YAMLNode.parse(text: text, file: "t").written == text)
  }
}
