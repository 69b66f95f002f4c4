import Basics
import Checkers
import Histories
import Testing

/// Agreement with histories and verdicts that others published.
@Suite(.enabled(if: CorpusReading.root != nil, "the shared corpora are not beside the package"))
struct TransactionCorpusTests {
  @Test(arguments: [
    (
      "elle/histories/si-without-g-single.edn", ["snapshot-isolation", "repeatable-read"],
      ["G2-item"]
    ),
    ("elle/histories/paper-example.edn", ["serializable"], ["G-single"]),
    ("elle-cli/histories/elle/paper-example.edn", ["serializable"], ["G-single"]),
    ("elle-cli/histories/elle/list-append-gh-30.edn", ["serializable"], ["G2-item"]),
  ])
  func listHistoryShowsItsAnomalies(
    _ path: String, _ models: [String], _ anomalies: [String]
  ) throws {
    let history = try CorpusReading.edn(CorpusReading.text(path))
    let settings = Settings(["consistency-model": .list(models.map { .text($0) })])
    let finding = try ListAppend(settings).check(history, within: .unlimited)
    #expect(finding.verdict == .invalid)
    #expect(ListAppendTests.anomalies(finding) == anomalies)
    #expect(try ListAppend(.none).check(history, within: .unlimited).verdict == .invalid)
  }

  @Test func weakestViolatedModelIsElles() throws {
    let history = try CorpusReading.edn(
      CorpusReading.text("elle/histories/si-without-g-single.edn"))
    let models = ["snapshot-isolation", "repeatable-read"]
    let settings = Settings(["consistency-model": .list(models.map { .text($0) })])
    let finding = try ListAppend(settings).check(history, within: .unlimited)
    #expect(finding.figures["not"] == ["repeatable-read"])
    #expect(finding.figures["anomalies"] == ["G2-item": 1])
  }

  @Test func everyRowOfTheManifestAgrees() throws {
    var table: [String] = []
    var disagreements = 0
    let rows = try CorpusReading.rows(under: "elle") + CorpusReading.rows(under: "awdit")
    for row in rows {
      for question in Self.questions(row) {
        let text = try CorpusReading.text(row[0])
        let history =
          row[0].hasPrefix("awdit") ? try CorpusReading.awdit(text) : try CorpusReading.edn(text)
        let type: any Checker.Type = row[2] == "list-append" ? ListAppend.self : RWRegister.self
        let settings = Settings(["consistency-model": .list(question.models.map { .text($0) })])
        let finding = try type.init(settings).check(history, within: .unlimited)
        let agrees = finding.verdict == question.expected
        disagreements += agrees ? 0 : 1
        table.append(
          "\(agrees ? "agrees" : "DIFFERS")  \(finding.verdict)  \(row[0])  "
            + question.models.joined(separator: ",") + "  \(finding.summary)")
      }
    }
    print(table.joined(separator: "\n"))
    #expect(disagreements == 0)
    #expect(table.count > 30)
  }

  private static func questions(_ row: [String]) -> [(models: [String], expected: Verdict)] {
    func verdict(_ word: Substring) -> Verdict { word == "ok" ? .valid : .invalid }
    switch row[2] {
    case "list-append", "rw-register":
      let models =
        row[6].contains("repeatable-read")
        ? ["snapshot-isolation", "repeatable-read"]
        : row[6].contains("--consistency-models serializable")
          ? ["serializable"] : ["strict-serializable"]
      return [(models, verdict(row[3].prefix { $0 != ";" }))]
    case "weak isolation RC/RA/CC":
      let names = ["RC": "read-committed", "RA": "read-atomic", "CC": "causal"]
      return row[3].split(separator: ", ").map { part in
        let words = part.split(separator: " ")
        return ([names[String(words[0])]!], verdict(words[1]))
      }
    default: return []
    }
  }
}
