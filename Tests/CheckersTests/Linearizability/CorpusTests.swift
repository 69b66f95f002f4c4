import Basics
import Foundation
import Histories
import Testing

@testable import Checkers

/// Histories with published verdicts that this project did not write.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpora are not beside the package"))
struct CorpusTests {
  @Test(arguments: ["fastest", "search"])
  func everyPublishedVerdictIsReproduced(algorithm: String) throws {
    var table = ""
    var disagreements: [String] = []
    var porcupine = Duration.zero
    for row in try Corpus.rows() {
      let history = try row.history()
      let checker = try Linearizable(row.settings(algorithm: algorithm))
      let start = ContinuousClock.now
      let finding = checker.check(history, within: .unlimited)
      if row.path.hasPrefix("porcupine/") { porcupine += ContinuousClock.now - start }
      let agrees = finding.verdict == row.expected(history)
      if !agrees { disagreements.append("\(row.path): \(finding.verdict), \(finding.summary)") }
      table += "\(agrees ? "agrees" : "DISAGREES")\t\(finding.verdict)\t\(row.path)\n"
    }
    print("\(algorithm): porcupine's files took \(porcupine) together\n\(table)")
    #expect(disagreements == [])
  }

  @Test func dropsFailedCompareAndSetsWithoutLosingAVerdict() throws {
    for row in try Corpus.rows() where row.format == "jepsen-log" {
      var settings = row.settings(algorithm: "fastest")
      let history = try row.history()
      settings["failed-cas"] = .text("observed")
      let observed = try Linearizable(settings).check(history, within: .unlimited)
      settings["failed-cas"] = .text("dropped")
      let dropped = try Linearizable(settings).check(history, within: .unlimited)
      #expect(observed.verdict >= dropped.verdict, "\(row.path)")
      if observed.verdict != dropped.verdict { print("only by failed cas:", row.path) }
    }
  }
}

enum Corpus {
  static let folder = URL(filePath: #filePath).appending(path: "../../../../../shared/corpora")
    .standardizedFileURL

  static var isPresent: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "MANIFEST.tsv").path)
  }

  struct Row {
    let path: String
    let format: String
    let model: String
    let verdict: String
    let options: String

    func history() throws -> History {
      let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      return try ForeignHistory.read(text, format: format)
    }

    /// The published verdict, but for a history in which nothing succeeded: there is nothing to
    /// judge, and Faultline says so.
    func expected(_ history: History) -> Verdict {
      if !history.operations.contains(where: { $0.outcome == .ok }) { return .unknown }
      return verdict == "ok" ? .valid : .invalid
    }

    func settings(algorithm: String) -> Settings {
      var settings = Settings(["model": .text(model), "algorithm": .text(algorithm)])
      if let range = options.range(of: #"init=(\{[^}]*\}|"*[^;"]*"*)"#, options: .regularExpression)
      {
        let text = options[range].dropFirst(5).replacing("\"\"", with: "\"")
        settings["initial"] = .text(String(text).trimmingCharacters(in: ["\"", " "]))
      }
      return settings
    }
  }

  static func rows() throws -> [Row] {
    let text = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let model = fields[2].split(separator: " ").first.map(String.init) ?? ""
      let models = LinearizabilitySettings.ModelName.allCases.map(\.rawValue)
      // Counters and sets of the corpora are judged by the checkers of those names.
      guard models.contains(model), !["counter", "set"].contains(model) else { return nil }
      return Row(
        path: fields[0], format: fields[1], model: model, verdict: fields[3], options: fields[6])
    }
  }
}
