import Basics
import Glibc
import Linux

/// Stored histories with a known flaw, and the checker that must see it.
struct PlantedHistories: Sendable {
  /// One of them: its file, the checker and its settings, the kind of evidence.
  struct Row: Hashable, Sendable {
    var file: String
    var checker: String
    var settings: [String]
    /// All kinds that must be shown.
    var evidence: Set<String>
  }

  let rows: [Row]

  /// Reads those that are invalid from an index: tab-separated columns file, checker, settings, evidence.
  init(index: String) throws {
    let folder = index.split(separator: "/").dropLast().joined(separator: "/")
    rows = try Files.read(index).split(separator: "\n").dropFirst().compactMap { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard columns.count >= 4, columns[0].hasPrefix("invalid/") else { return nil }
      return Row(
        file: folder + "/" + columns[0], checker: columns[1],
        settings: Self.settings(columns[2]),
        evidence: Set(columns[3].split(separator: ",").map(String.init)))
    }
  }

  /// A blank separates settings where a key and its sign follow, else it is part of a value.
  static func settings(_ text: String) -> [String] {
    text.split(separator: " ").reduce(into: []) { settings, word in
      if word.contains("=") {
        settings.append(String(word))
      } else if !settings.isEmpty {
        settings[settings.count - 1] += " " + word
      }
    }
  }

  /// What is wrong with what the program says of a history; nil where it is right.
  static func complaint(of row: Row, _ process: TrialProcess, named name: String) -> String? {
    let words =
      ["check", row.file, "--checker", row.checker, "--json"]
      + row.settings.flatMap { ["--set", $0] }
    let (output, _) = process.run(words, named: name)
    unlink("\(process.folder)/\(name).json")
    guard let document = try? JSON(reading: output) else { return "\(row.file): \(output)" }
    let verdict = document["verdict"]?.text ?? "none"
    guard verdict == "invalid" else { return "\(row.file): \(row.checker) says \(verdict)" }
    let kinds = Set(document["evidence"]?.elements.compactMap { $0["kind"]?.text } ?? [])
    return row.evidence.isSubset(of: kinds)
      ? nil : "\(row.file): \(row.checker) shows \(kinds.sorted().joined(separator: ", "))"
  }
}
