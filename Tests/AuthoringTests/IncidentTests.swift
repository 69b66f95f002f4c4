import Basics
import Experiments
import Stacks
import Testing
import YAML

@testable import Authoring

@Suite struct IncidentTests {
  private func incident(_ lines: [String], _ more: String = "") throws -> Incident {
    let text = """
      incident: A night
      stack: two
      \(more)
      timeline:
      \(lines.map { "  - \($0)" }.joined(separator: "\n"))
      """
    return try Incident(reading: try YAMLNode.parse(text: text, file: "night.yaml"))
  }

  private func draft(
    _ lines: [String], _ more: String = "", gaps: IncidentGaps = IncidentGaps()
  ) throws -> (draft: ExperimentDraft, unclear: [String]) {
    try incident(lines, more).draft(
      on: Fixture.stack(), traffic: Fixture.given(), gaps: gaps)
  }

  /// The lines of a method, without the comments.
  private func method(_ lines: [String], _ more: String = "") throws -> [String] {
    let text = try draft(lines, more).draft.text
    _ = try Fixture.plan(text)
    return text.split(separator: "\n").filter { $0.hasPrefix("  - {at:") }.map {
      String($0.dropFirst(4))
    }
  }

  @Test func timesOfDayBecomeMomentsOfAMethod() throws {
    let lines = [
      "14:03:10 lb-a lost power", "\"14:05\": never", "2018-10-21 14:06 promoted db-b by hand",
      "14:07:30 lb-a came back", "+30s the phone rang", "00:10 db-a died",
    ]
    let wrong = #expect(throws: Problems.self) { try incident(lines) }
    #expect("\(wrong.map(String.init(describing:)) ?? "")".contains("night.yaml:6:5"))
    let right = lines.filter { !$0.contains("never") }
    #expect(
      try method(right) == [
        "{at: 2s, fault: kill, target: {node: lb-a}, for: 260s}",
        "{at: 172s, action: promote, target: {node: db-b}, component: db}",
        "{at: 36412s, fault: kill, target: {node: db-a}, for: 30s}",
      ])
  }

  @Test(arguments: [
    ("lb-a lost power", ["kill, target: {node: lb-a}"]),
    ("the proxy on lb-a crashed", ["kill, target: {node: lb-a}, component: proxy"]),
    ("kill db on the leader of db", ["kill, target: {leader-of: db}, component: db"]),
    ("db-a suddenly hung", ["pause, target: {node: db-a}"]),
    ("site a was cut off from site b", ["partition, between: [{site: a}, {site: b}]"]),
    (
      "site a was cut off from sites b and out",
      [
        "partition, between: [{site: a}, {site: b}]",
        "partition, between: [{site: a}, {site: out}]",
      ]
    ),
    ("db-a lost connectivity to db-b", ["partition, between: [{node: db-a}, {node: db-b}]"]),
    ("sites a and b could not reach each other", ["partition, between: [{site: a}, {site: b}]"]),
    ("db-b was isolated", ["partition, target: {node: db-b}"]),
    ("restarted lb-b", ["restart, target: {node: lb-b}, component: proxy"]),
    ("delay 50ms on db-a", ["delay, delay: 50ms, target: {node: db-a}"]),
    ("{fault: kill, target: {node: db-a}, for: 3s}", ["kill, target: {node: db-a}, for: 3s"]),
    ("the east went dark", []), ("customers were angry", []), ("lb-z died", []),
  ])
  func aSentenceSaysWhatIsDone(sentence: String, steps: [String]) throws {
    let words = IncidentWords(stack: try Fixture.stack())
    let meaning = words.meaning(of: sentence)
    guard case .steps(let found) = meaning else {
      #expect(steps.isEmpty, "\(meaning)")
      return
    }
    let shown = found.map { text in
      String(text.dropFirst().dropLast()).replacing("fault: ", with: "")
        .replacing("action: ", with: "")
    }
    #expect(shown == steps)
  }

  /// An end is that of what it names; of the ways where it talks of them; else of what began last.
  @Test func whatComesBackIsHealed() throws {
    let lines = [
      "10:00:00 lb-a died", "10:00:01 site a was cut off from site b", "10:00:02 db-b hung",
      "10:00:05 connectivity was restored", "10:00:06 lb-a is back", "10:00:09 all was repaired",
    ]
    #expect(
      try method(lines) == [
        "{at: 2s, fault: kill, target: {node: lb-a}, for: 6s}",
        "{at: 3s, fault: partition, between: [{site: a}, {site: b}], for: 4s}",
        "{at: 4s, fault: pause, target: {node: db-b}, for: 7s}",
      ])
    let nothing = try draft(["10:00 all was repaired"])
    #expect(nothing.unclear == ["'10:00 all was repaired' ends nothing that had begun"])
  }

  @Test func namesOfTheSentencesAreThoseOfTheStack() throws {
    let names = "names: {us-east: site a, us-west: site b, the balancer: lb-a}"
    #expect(
      try method(["1:00 us-east was cut off from us-west", "1:01 the balancer died"], names) == [
        "{at: 2s, fault: partition, between: [{site: a}, {site: b}], for: 90s}",
        "{at: 62s, fault: kill, target: {node: lb-a}, for: 30s}",
      ])
  }

  @Test func whatCannotBeDoneStaysAsACommentAndIsNamed() throws {
    let (draft, unclear) = try draft([
      "10:00 lb-a died", "10:01 the phone rang", "{at: \"10:02\", says: nobody came, step: null}",
      "{at: \"10:03\", says: somebody came, step: {action: promote, target: {node: db-b}, component: db}}",
    ])
    #expect(
      unclear.count == 1 && unclear[0].contains("night.yaml:6:5: 'the phone rang'"), "\(unclear)")
    #expect(draft.text.contains("  # 10:01 the phone rang\n  # 10:02 nobody came\n"))
    #expect(draft.text.contains("  - {at: 182s, action: promote"))
  }

  @Test func gapsAreScaledAndCapped() {
    let events = [0, 43, 120, 3600].map { Duration.seconds($0) }
    func seconds(_ gaps: IncidentGaps) -> [Double] { gaps.moments(of: events).map(\.seconds) }
    #expect(seconds(IncidentGaps()) == [0, 43, 120, 3600])
    #expect(seconds(IncidentGaps(scale: 10)) == [0, 4.3, 12, 360])
    #expect(seconds(IncidentGaps(scale: 10, longest: .seconds(5))) == [0, 4.3, 9.3, 14.3])
  }

  @Test(arguments: [
    ("14:3 x", "no time of day"), ("25:00 x", "no time of day"), ("lb-a died", "no time of day"),
    ("14:03", "a time and a sentence"), ("[1]", "a time and a sentence"),
    ("{at: \"1:00\", say: x}", "did you mean 'says'"),
  ])
  func whatIsWrongHasAPlace(line: String, sentence: String) throws {
    let problems = try #require(throws: Problems.self) { try incident([line]) }
    #expect("\(problems)".contains(sentence), "\(problems)")
    #expect("\(problems)".contains("night.yaml:"), "\(problems)")
  }
}
