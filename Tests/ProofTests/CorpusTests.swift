import Archive
import Basics
import Checking
import Foundation
import Histories
import Testing

/// Agreement with verdicts that others published on histories that this project did not write.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpora are not beside the package"))
struct CorpusTests {
  /// Published as ok, for Elle draws nothing from a read of what nobody wrote. Here a process writes
  /// 2 and then reads 3, which can only be what the key held before: a stale read.
  private static let readsWhatNobodyWrote = ["elle-cli/histories/elle/rw-register.edn"]

  @Test func everyPublishedVerdictIsReproduced() throws {
    var table = Agreement()
    var vacuous: [String] = []
    let rows = try Corpus.rows()
    for row in rows {
      let history = try HistoryFile.read(row.file)
      for question in row.questions {
        let finding = try checker(question.checker, question.settings)
          .check(history, within: .small)
        let expected =
          Self.readsWhatNobodyWrote.contains(row.path) ? .invalid : question.expected(of: history)
        table.note(row, finding, expected)
        if expected == .unknown { vacuous.append(row.path) }
      }
    }
    print(table.text)
    print("nothing to judge, so unknown: " + vacuous.joined(separator: ", "))
    #expect(vacuous.count == 3)
    #expect(table.disagreements == [])
    #expect(rows.count == 142)
  }

  @Test func everyFormatIsRecognisedAsTheManifestNamesIt() throws {
    for row in try Corpus.rows() {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: row.file)))
      let name = String(row.path.split(separator: "/").last!)
      let format = HistoryFormat.recognise(prefix: bytes, fileName: name)
      #expect(format?.rawValue == row.formatName, "\(row.path)")
    }
  }

  @Test func theSearchAgreesWithTheFastestWay() throws {
    for row in try Corpus.rows() {
      for var question in row.questions where question.checker == "linearizable" {
        question.settings["algorithm"] = "search"
        let history = try HistoryFile.read(row.file)
        let finding = try checker("linearizable", question.settings).check(history, within: .small)
        #expect(finding.verdict == question.expected(of: history), "\(row.path)")
      }
    }
  }

  @Test func droppingFailedCompareAndSetsHidesNothingElse() throws {
    for row in try Corpus.rows() where row.formatName == "jepsen-log" {
      let history = try HistoryFile.read(row.file)
      let verdicts = try ["observed", "dropped"].map {
        try checker("linearizable", ["model": "cas-register", "failed-cas": $0])
          .check(history, within: .small).verdict
      }
      #expect(verdicts[0] >= verdicts[1], "\(row.path)")
    }
  }

  @Test(arguments: [
    ("elle/histories/si-without-g-single.edn", "snapshot-isolation,repeatable-read", "G2-item"),
    ("elle/histories/paper-example.edn", "serializable", "G-single"),
    ("elle-cli/histories/elle/paper-example.edn", "serializable", "G-single"),
    ("elle-cli/histories/elle/list-append-gh-30.edn", "serializable", "G2-item"),
  ])
  func listHistoryShowsItsAnomalies(path: String, models: String, anomaly: String) throws {
    let history = try HistoryFile.read(Corpus.folder.appending(path: path).path)
    let finding = try checker("list-append", ["consistency-model": models])
      .check(history, within: .small)
    #expect(finding.verdict == .invalid)
    #expect(finding.kinds == [anomaly])
  }

  @Test func theWeakestViolatedModelIsElles() throws {
    let path = "elle/histories/si-without-g-single.edn"
    let history = try HistoryFile.read(Corpus.folder.appending(path: path).path)
    let models = "snapshot-isolation,repeatable-read"
    let finding = try checker("list-append", ["consistency-model": models])
      .check(history, within: .small)
    #expect(finding.figures["not"] == ["repeatable-read"])
    #expect(finding.figures["anomalies"] == ["G2-item": 1])
  }
}

extension Corpus.Question {
  /// The published verdict, but for a history that holds nothing to judge, which Faultline says:
  /// nothing succeeded, or a counter was added to and never read. There are three such
  /// histories, all published as ok.
  func expected(of history: History) -> Verdict {
    let read = history.function("read")
    let hasJudged = history.operations.contains {
      $0.outcome == .ok && (checker != "counter" || $0.function == read)
    }
    return hasJudged ? expected : .unknown
  }
}

/// Who agrees, by format and model.
private struct Agreement {
  var disagreements: [String] = []
  private var counts: [String: (agreeing: Int, total: Int)] = [:]
  private var all = (agreeing: 0, total: 0)

  mutating func note(_ row: Corpus.Row, _ finding: Finding, _ expected: Verdict) {
    let agrees = finding.verdict == expected
    let model = row.model.prefix { $0 != "(" }.trimmingSuffix(while: \.isWhitespace)
    let name = row.formatName.padded(14) + model.description.padded(24)
    counts[name, default: (0, 0)].agreeing += agrees ? 1 : 0
    counts[name, default: (0, 0)].total += 1
    all = (all.agreeing + (agrees ? 1 : 0), all.total + 1)
    if !agrees {
      disagreements.append(
        "\(row.path): \(finding.verdict), published \(expected): \(finding.summary)")
    }
  }

  var text: String {
    let head = "format".padded(14) + "model".padded(24) + "agreeing  total"
    let lines = counts.sorted { $0.key < $1.key }.map { name, count in
      name + String(count.agreeing).padded(10) + String(count.total)
    }
    return ([head] + lines + ["all".padded(38) + "\(all.agreeing)".padded(10) + "\(all.total)"])
      .joined(separator: "\n")
  }
}

extension Substring {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
    var rest = self
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return rest
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(1, width - count))
  }
}
