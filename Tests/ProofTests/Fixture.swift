import Archive
import Basics
import Checking
import Foundation
import Histories

/// One of the project's own small histories, with what is asked of it: a line of `index.tsv`.
struct Fixture: CustomStringConvertible, Sendable {
  static let folder = Package.root.appending(path: "fixtures/histories")

  /// `valid/set.edn`; the folder is the verdict.
  let path: String
  let checker: String
  let settings: [String: String]
  /// The kinds of violation that the evidence must show.
  let kinds: Set<String>

  var description: String { path }

  var expected: Verdict { Verdict(rawValue: String(path.prefix { $0 != "/" }))! }

  func history() throws -> History {
    try HistoryFile.read(Fixture.folder.appending(path: path).path)
  }

  func finding(of history: History) throws -> Finding {
    try ProofTests.checker(checker, settings).check(history, within: .small)
  }

  /// Every line of the index.
  static let all: [Fixture] = {
    guard
      let text = try? String(contentsOf: folder.appending(path: "index.tsv"), encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").dropFirst().map { Fixture(line: String($0)) }
  }()

  private init(line: String) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    path = fields[0]
    checker = fields[1]
    settings = Dictionary(
      uniqueKeysWithValues: Fixture.settings(fields[2]).map { ($0.key, $0.value) })
    kinds = Set(fields[3].split(separator: ",").map(String.init))
  }

  /// `key=value` with spaces between; a value in braces may hold spaces.
  private static func settings(_ text: String) -> [(key: String, value: String)] {
    text.matches(of: /([a-z-]+)=(\{[^}]*\}|\S+)/).map { (String($0.1), String($0.2)) }
  }
}
