import Basics
import Stacks
import Testing
import YAML

@Suite struct AlertQueryTests {
  private func query(_ alerts: String) throws(Problems) -> AlertQuery? {
    var files = Fixture.files
    files["c/db/component.yaml"] = Fixture.db.replacing(
      "role: {command: [ask, role], within: 1s}",
      with: "role: {command: [ask, role], within: 1s}\nalerts: \(alerts)")
    return try Fixture.resolve(files).instances(of: "db")[0].alerts
  }

  @Test func aServerIsAskedByURLOrByCommand() throws {
    let url = try query(
      "{http: \"http://${node.address}:80/\", name: labels.alertname, labels: labels, every: 1s}")
    guard case .http(let text, ["labels", "alertname"], ["labels"])? = url?.kind else {
      Issue.record("it is asked otherwise")
      return
    }
    #expect(text.hasPrefix("http://10.") && url?.within == .seconds(1) && url?.every == .seconds(1))
    let command = try query("{command: [ask, \"${node.name}\"], within: 2s}")
    #expect(command?.kind == .command(["ask", "db-a"]) && command?.within == .seconds(2))
    #expect(command?.every == .milliseconds(500))
    #expect(try Fixture.resolve(Fixture.files).instances(of: "db")[0].alerts == nil)
  }

  @Test(arguments: [
    ("{}", "either 'http' or 'command'"),
    ("{http: \"http://a/\", command: [x]}", "either 'http' or 'command'"),
    ("{http: somewhere}", "a URL is expected"), ("{command: []}", "'command' must be a list"),
    ("{command: [x], within: 0}", "'within' must not be zero"), ("{comand: [x]}", "command"),
    ("{command: [x], every: 1ms}", "'every' must be at least"),
    ("{command: [x], labels: y}", "'labels' is about an answer to 'http'"),
  ])
  func whatMakesNoSenseIsRefusedWithItsPlace(alerts: String, words: String) {
    do {
      _ = try query(alerts)
      Issue.record("it was taken")
    } catch {
      #expect(error.description.contains(words), "\(error)")
      #expect(error.all.allSatisfy { $0.mark.line > 0 })
    }
  }

  @Test func aListOfObjectsIsRead() throws {
    let query = try #require(
      try query(
        "{http: \"http://a/\", name: labels.alertname, labels: labels, without: [alertname]}"))
    let answer = #"""
      [{"labels": {"alertname": "Down", "site": "b"}, "status": {"state": "active"}},
       {"labels": {"alertname": "Down", "site": "a", "number": 1}},
       {"labels": {"alertname": "Down", "site": "b"}}]
      """#
    #expect(
      try query.alerts(in: answer) == [
        Alert("Down", labels: [.init("site", "a")]), Alert("Down", labels: [.init("site", "b")]),
      ])
    #expect(try query.alerts(in: "[]").isEmpty)
  }

  /// What cannot be read is refused as a whole: an alert that is left out would look like one that does not fire.
  @Test(arguments: [
    "", "{}", "[{}]", #"[{"labels": {"site": "a"}}]"#, #"[{"labels": {"alertname": ""}}]"#, "[1]",
    #"[{"labels": {"alertname": "Down"}}, {"labels": 1}]"#,
  ])
  func aListOfSomethingElseIsRefused(answer: String) throws {
    let query = try #require(
      try query("{http: \"http://a/\", name: labels.alertname, labels: labels}"))
    #expect(throws: AlertAnswerError.self) { try query.alerts(in: answer) }
  }

  @Test func linesAreRead() throws {
    let query = try #require(try query("{command: [x]}"))
    #expect(
      try query.alerts(in: "Slow site=b\nDown\n\n") == [
        Alert("Down"), Alert("Slow", labels: [.init("site", "b")]),
      ])
    #expect(throws: AlertAnswerError.self) { try query.alerts(in: "Down now") }
    let many = (0...256).map { "Down number=\($0)" }.joined(separator: "\n")
    #expect(throws: AlertAnswerError.self) { try query.alerts(in: many) }
    let long = "Down " + String(repeating: "x", count: 300) + "=1"
    #expect(throws: AlertAnswerError.self) { try query.alerts(in: long) }
  }
}
