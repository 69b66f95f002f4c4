import Archive
import Basics
import Checkers
import Checking
import Linearizability
import Foundation
import Histories
import Testing

/// The project's own small histories: every checker, every kind of violation, every reader.
struct FixtureTests {
  @Test(arguments: Fixture.all)
  func theFolderIsTheVerdict(fixture: Fixture) throws {
    let finding = try fixture.finding(of: fixture.history())
    #expect(finding.verdict == fixture.expected, "\(finding.summary) \(finding.kinds)")
    #expect(fixture.kinds.isSubset(of: finding.kinds), "\(finding.kinds.sorted())")
    #expect(finding.kinds.isEmpty || finding.verdict == .invalid, "\(finding.kinds.sorted())")
    #expect(!finding.summary.isEmpty)
  }

  @Test(arguments: Fixture.all.filter { $0.expected == .invalid })
  func evidenceNamesOperationsOfTheHistory(fixture: Fixture) throws {
    let history = try fixture.history()
    let finding = try fixture.finding(of: history)
    #expect(!finding.evidence.isEmpty)
    for evidence in finding.evidence {
      #expect(evidence.operations.allSatisfy(history.operations.indices.contains))
      #expect(Set(evidence.operations).count == evidence.operations.count)
      #expect(!evidence.summary.isEmpty)
    }
    // Checkers that judge ownership or shares of traffic have no operation to show.
    let isOfOperations = ![
      "single-owner", "single-leader", "bounded", "encrypted", "unreadable", "unreachable",
      "address-returns", "balanced",
      "secrets-kept", "as-predicted",
    ].contains(fixture.checker)
    #expect(!isOfOperations || finding.evidence.contains { !$0.operations.isEmpty })
  }

  @Test func everyCheckerHasAHistoryOfEachVerdict() {
    for checker in Catalogue.all {
      for verdict in Verdict.allCases {
        let isThere = Fixture.all.contains { $0.checker == checker.name && $0.expected == verdict }
        #expect(isThere, "no history shows \(checker.name) to be \(verdict)")
      }
    }
  }

  @Test func everyModelHasAHistoryOfEachVerdict() {
    guard case .choice(let models)? = Linearizable.schema.key(named: "model")?.kind else {
      Issue.record("linearizable has no choice of models")
      return
    }
    for model in models {
      for verdict in Verdict.allCases {
        let isThere = Fixture.all.contains {
          $0.checker == "linearizable" && $0.settings["model"] == model && $0.expected == verdict
        }
        #expect(isThere, "no history shows \(model) to be \(verdict)")
      }
    }
  }

  @Test func everyFileIsInTheIndexAndEveryFormatIsUsed() throws {
    var formats: Set<HistoryFormat> = []
    for verdict in Verdict.allCases {
      let folder = Fixture.folder.appending(path: verdict.rawValue)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let path = verdict.rawValue + "/" + name
        #expect(Fixture.all.contains { $0.path == path }, "\(path) is not in index.tsv")
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
        let format = HistoryFormat.recognise(prefix: bytes, fileName: name)
        if let format { formats.insert(format) }
      }
    }
    #expect(formats == Set(HistoryFormat.allCases).subtracting([.sqlite]))
  }

  @Test(arguments: Fixture.all)
  func whatIsExportedIsJudgedTheSame(fixture: Fixture) throws {
    let history = try fixture.history()
    let before = try fixture.finding(of: history)
    for format in HistoryFormat.writable {
      var bytes: [UInt8] = []
      do {
        try history.write(as: format) { bytes += $0 }
      } catch is WritingError {
        #expect(format != .jsonLines, "our own format holds every history")
        continue
      }
      let again = try History.read(bytes, as: format)
      let after = try fixture.finding(of: again)
      // A Jepsen history has no words for what observers saw.
      if format != .jsonLines && !history.observations.isEmpty { continue }
      #expect(after.verdict == before.verdict, "\(format.rawValue): \(after.summary)")
      #expect(after.kinds == before.kinds, "\(format.rawValue)")
    }
  }

  @Test(arguments: Fixture.all)
  func whatIsStoredIsJudgedTheSame(fixture: Fixture) throws {
    let history = try fixture.history()
    let name = fixture.path.replacing("/", with: "-") + "-\(UInt64.random(in: 0...(.max)))"
    let path = FileManager.default.temporaryDirectory.appending(path: name + ".sqlite").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try HistoryFile.store(history, at: path)
    let before = try fixture.finding(of: history)
    let after = try fixture.finding(of: HistoryFile.read(path))
    #expect(after.verdict == before.verdict)
    #expect(after.summary == before.summary)
    #expect(after.evidence.map(\.operations) == before.evidence.map(\.operations))
  }
}
