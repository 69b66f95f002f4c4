import Basics
import Testing
import YAML

@Suite struct FieldsTests {
  private func fields(_ text: String) throws -> Fields {
    Fields(try YAMLNode.parse(text: text, file: "f"), of: "a thing")
  }

  private func problems(_ fields: inout Fields) -> [String] {
    var problems: [Problem] = []
    fields.finish(into: &problems)
    return problems.map(\.description)
  }

  @Test func everyKindIsRead() throws {
    var fields = try fields(
      "{d: 1.5s, r: 5%, i: -3, n: 2.5, t: text, f: true, c: red, l: [a, b], one: single}")
    #expect(fields.duration("d") == .milliseconds(1500))
    #expect(fields.ratio("r") == Ratio(0.05))
    #expect(fields.integer("i") == -3)
    #expect(fields.setting("n", .number) == .number(2.5))
    #expect(fields.text("t") == "text")
    #expect(fields.flag("f") == true)
    #expect(fields.choice("c", ["red", "blue"]) == "red")
    #expect(fields.texts("l") == ["a", "b"])
    #expect(fields.texts("one") == ["single"])
    #expect(problems(&fields).isEmpty)
  }

  @Test func allErrorsAreReportedAtOnce() throws {
    var fields = try fields("{d: soon, tagret: x, l: 3}\n")
    #expect(fields.duration("d") == nil)
    #expect(fields.require("target") == nil)
    #expect(fields.list("l").isEmpty)
    #expect(
      problems(&fields) == [
        "f:1:5: 'd' must be a duration such as 500ms or 2s, at most 24h, not 'soon'",
        "f:1:1: a thing needs the key 'target'",
        "f:1:25: 'l' must be a list, not a single value",
        "f:1:11: unknown key 'tagret'; did you mean 'target'?",
      ])
  }

  @Test func aTextCutByItsCommaIsExplained() throws {
    var fields = try fields("{summary: The group, equal on all nodes.}")
    _ = fields.text("summary")
    #expect(
      problems(&fields) == [
        "f:1:22: unknown key 'equal on all nodes.'; "
          + "a text with a comma must be quoted inside braces"
      ])
  }

  @Test func whatIsNoMappingIsSaidOnce() throws {
    var fields = try fields("[a, b]")
    #expect(fields.require("x") == nil)
    #expect(problems(&fields) == ["f:1:1: a thing must be a mapping, not a list"])
  }

  @Test func aSchemaIsReadAsAWhole() throws {
    let schema = Schema([
      .init("bound", .duration, "", isRequired: true), .init("share", .ratio, ""),
      .init("words", .list(of: .choice(["a", "b"])), ""), .init("free", .mapping, ""),
    ])
    var good = try fields("{bound: 2s, words: [a, b], free: {x: [1, {y: z}]}}")
    let settings = good.settings(schema)
    #expect(settings.duration("bound") == .seconds(2))
    #expect(settings.texts("words") == ["a", "b"])
    #expect(settings["share"] == nil)
    #expect(
      settings["free"]
        == .mapping(["x": .list([.text("1"), .mapping(["y": .text("z")])])]))
    #expect(problems(&good).isEmpty)

    var bad = try fields("{words: [a, c], free: 3}")
    _ = bad.settings(schema)
    #expect(
      problems(&bad) == [
        "f:1:1: a thing needs the key 'bound'",
        "f:1:13: 'words' must be one of a, b, not 'c'",
        "f:1:23: 'free' must be a mapping, not '3'",
      ])
  }

  @Test func problemsAreSortedAndDistinct() {
    let late = Problem(Mark(file: "f", line: 9, column: 1), "late")
    let early = Problem(Mark(file: "f", line: 2, column: 7), "early")
    let problems = Problems([late, early, late])
    #expect(problems.description == "f:2:7: early\nf:9:1: late")
  }

  @Test func packagesOfAllProblemsAreCollected() {
    let a = Problem(Mark(file: "f"), "a", cause: .missing(packages: ["nginx", "curl"]))
    let b = Problem(Mark(file: "f"), "b", cause: .missing(packages: ["curl"]))
    #expect(Problems([a, b]).missingPackages == ["curl", "nginx"])
    #expect(Problems([a, b]).isOnlyMissing)
    #expect(!Problems([a, Problem(Mark(file: "f"), "c")]).isOnlyMissing)
  }
}
