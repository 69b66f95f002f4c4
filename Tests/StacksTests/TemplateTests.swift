import Testing
import YAML

@testable import Stacks

@Suite struct TemplateTests {
  private let scope = Scope(
    [
      "name": "lb-a", "empty": "", "on": "true", "off": "false", "wait": "1500ms", "mode": "fast",
      "wish": "fast", "node.site": "a",
    ],
    nodes: [
      ["name": "w1", "address": "10.0.0.1", "site": "a", "role": "web", "components": "x,y"],
      ["name": "w2", "address": "10.0.0.2", "site": "b", "role": "web", "components": "y"],
      ["name": "d1", "address": "10.0.0.3", "site": "a", "role": "db", "components": ""],
    ])

  private func render(_ text: String) -> (output: String, problems: [String]) {
    var problems: [Problem] = []
    let template = Template(text, file: "t", &problems)
    guard problems.isEmpty else { return ("", problems.map(\.description)) }
    let output = template.render(scope, &problems)
    return (output, problems.map(\.description))
  }

  @Test(arguments: [
    ("plain $host 100% {x}", "plain $host 100% {x}"),
    ("a ${name} b ${ name }", "a lb-a b lb-a"),
    ("$${name} $${x:+$x,}${name}", "${name} ${x:+$x,}lb-a"),
    ("%% literal", "% literal"),
    ("  %%for", "  %for"),
    ("${wait|seconds} ${wait|milliseconds}", "1.5 1500"),
    ("${role:web.address}", "10.0.0.1,10.0.0.2"),
    ("${role:web,site:b.name}", "w2"),
    ("${node:component=y.name}", "w1,w2"),
    ("é ${name} ü", "é lb-a ü"),
  ])
  func linesAreSubstituted(text: String, expected: String) {
    let (output, problems) = render(text)
    #expect(problems == [])
    #expect(output == expected + "\n")
  }

  @Test(arguments: [
    ("on", true), ("off", false), ("empty", false), ("not on", false), ("not empty", true),
    ("mode == fast", true), ("mode == slow", false), ("mode != slow", true),
    ("mode == wish", true), ("mode == 'wish'", false), ("mode == \"fast\"", true),
    ("on and mode == fast", true), ("on and off", false), ("empty == ''", true),
  ])
  func conditionsHoldOrNot(condition: String, expected: Bool) {
    let (output, problems) = render("%if \(condition)\nyes\n%else\nno\n%end")
    #expect(problems == [])
    #expect(output == (expected ? "yes\n" : "no\n"))
  }

  /// To Swift a return and a line feed are one character, and a file of such lines one line.
  @Test func linesThatEndWithAReturnAreLines() {
    let (output, problems) = render("a\r\n%for x in role:web\r\n${x.name}\r\n%end\r\n% b\r\n")
    #expect(
      problems == ["t:5:1: unknown directive '%b'; known: %else, %end, %for, %if"], "\(problems)")
    #expect(output.isEmpty)
    #expect(render("%if on\r\nyes\r\n%end\r\n").output == "yes\r\n")
  }

  @Test func loopsNestAndSeeTheirVariables() {
    let text = """
      begin
      %for x in role:web
        server ${x.name} ${x.address}
        %if x.site == node.site
        near
        %for y in site:${x.site},role:db
        beside ${y.name}
        %end
        %else
        far
        %end
      %end
      end
      """
    let expected = """
      begin
        server w1 10.0.0.1
        near
        beside d1
        server w2 10.0.0.2
        far
      end

      """
    let (output, problems) = render(text)
    #expect(problems == [])
    #expect(output == expected)
  }

  @Test(arguments: [
    ("role:db", ["d1"]), ("node:all", ["w1", "w2", "d1"]), ("name:w2", ["w2"]),
    ("component:x", ["w1"]), ("node:component!=y", ["d1"]), ("role:none", []),
    ("node:role=web,name!=w1", ["w2"]),
  ])
  func queriesSelectInTheOrderOfTheStack(query: String, expected: [String]) throws {
    #expect(try scope.select(query, at: Mark(file: "q")).map { $0["name"] } == expected)
  }

  @Test(arguments: [
    ("x\n  a ${nmae}", "t:2:5: unknown value 'nmae'; did you mean 'name'?"),
    ("${name", "t:1:1: '${' without '}'; write '$${' for the characters"),
    ("%fro x in role:web", "t:1:1: unknown directive '%fro'; did you mean '%for'?"),
    ("%for x role:web\n%end", "t:1:1: write '%for NAME in QUERY', such as '%for x in role:web'"),
    ("a\n%if on\nb", "t:2:1: '%if' without '%end'"),
    ("%end", "t:1:1: '%end' without '%for' or '%if'"),
    ("%else", "t:1:1: '%else' without '%if'"),
    ("%for x in role:web\n%else\n%end", "t:2:1: '%else' without '%if'"),
    ("%if on\n%else\n%else\n%end", "t:3:1: '%else' without '%if'"),
    ("%if onn\n%end", "t:1:1: unknown value 'onn'; did you mean 'on'?"),
    (
      "%for x in rle:web\n%end",
      "t:1:1: unknown selection of nodes 'rle'; did you mean 'role'?"
    ),
    ("%for x in web\n%end", "t:1:1: 'web' is no selection of nodes; write role:NAME or site:NAME"),
    ("%for x in role:web\n${x.nam}\n%end", "t:2:1: unknown value 'x.nam'; did you mean 'x.name'?"),
    ("${wait|secnds}", "t:1:1: unknown filter 'secnds'; did you mean 'seconds'?"),
    ("${name|seconds}", "t:1:1: 'lb-a' is no duration, so '|seconds' means nothing"),
    ("${role:web}", "t:1:1: 'role:web' needs an attribute, such as 'role:web.address'"),
  ])
  func errorsKnowTheirPlace(text: String, expected: String) {
    let (_, problems) = render(text)
    #expect(problems.first == expected)
  }

  @Test func aVariableIsUnknownOutsideItsLoop() {
    let (_, problems) = render("%for x in role:web\n%end\n${x.name}")
    #expect(problems.count == 1)
  }

  @Test func allErrorsOfAFileAreReported() {
    let (_, problems) = render("${a1}\n${b2}\n${c3}")
    #expect(problems.count == 3)
  }

  @Test func nestingIsBounded() {
    let (_, problems) = render(String(repeating: "%if on\n", count: 2_000))
    #expect(problems.contains { $0.contains("nested more than 16 levels deep") })
  }
}
