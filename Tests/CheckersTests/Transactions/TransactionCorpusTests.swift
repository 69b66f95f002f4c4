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
}
