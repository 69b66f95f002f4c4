import Basics
import Checking
import Foundation
import Testing

/// Histories and verdicts that others published, where they lie beside the package.
enum Corpus {
  static let folder = Package.root.deletingLastPathComponent().appending(path: "shared/corpora")

  static var isPresent: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "MANIFEST.tsv").path)
  }

  static func rows() throws -> [Row] {
    let text = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Row(
        path: fields[0], format: fields[1], model: fields[2], verdict: fields[3],
        options: fields[6])
    }
  }

  /// One line of the manifest.
  struct Row {
    let path: String
    let format: String
    let model: String
    let verdict: String
    let options: String

    var file: String { folder.appending(path: path).path }

    /// The format by our own name for it.
    var formatName: String {
      switch format.drop(while: { $0 == "\"" }).prefix(while: { $0.isLetter || $0 == "-" }) {
      case "porcupine-kv": "porcupine-kv"
      case "awdit-test": "awdit"
      case "jepsen-log": "jepsen-log"
      case "json": "jepsen-json"
      default: "jepsen-edn"
      }
    }

    /// What the manifest asks, and the answer it states; a row of AWDIT asks three times.
    var questions: [Question] {
      let word = String(model.prefix { $0 != " " })
      switch word {
      case "list-append", "rw-register":
        return [Question(word, ["consistency-model": models.joined(separator: ",")], verdict)]
      case "weak":
        let levels = ["RC": "read-committed", "RA": "read-atomic", "CC": "causal"]
        return verdict.split(separator: ", ").map { part in
          let words = part.split(separator: " ").map(String.init)
          return Question("rw-register", ["consistency-model": levels[words[0]]!], words[1])
        }
      case "counter", "set-full", "bank":
        return [Question(word, [:], verdict)]
      default:
        var settings = ["model": word]
        settings["initial"] = initial
        return [Question("linearizable", settings, verdict)]
      }
    }

    private var models: [String] {
      if let list = options.firstMatch(of: /:consistency-models \[([^\]]*)\]/) {
        return list.1.split(separator: " ").map { String($0.dropFirst()) }
      }
      if let word = options.firstMatch(of: /--consistency-models ([a-z-]+)/) {
        return [String(word.1)]
      }
      return ["strict-serializable"]
    }

    /// `init=nil; …`, `init={:x 0 :y 0}`, or `init=""` with its quotes doubled.
    private var initial: String? {
      guard let match = options.firstMatch(of: /init=(\{[^}]*\}|""""|[^;"]+)/) else { return nil }
      return match.1 == "\"\"\"\"" ? "\"\"" : String(match.1)
    }
  }

  struct Question {
    let checker: String
    var settings: [String: String]
    let expected: Verdict

    init(_ checker: String, _ settings: [String: String], _ verdict: String) {
      self.checker = checker
      self.settings = settings
      expected = verdict.hasPrefix("ok") ? .valid : .invalid
    }
  }
}
