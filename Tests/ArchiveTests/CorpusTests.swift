import Foundation
import Histories
import Testing

@testable import Archive

/// The histories of other projects, where they lie beside the package.
enum Corpus {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/corpora").path

  static let isPresent = FileManager.default.fileExists(atPath: root + "/MANIFEST.tsv")

  /// Path and number of operations, as the manifest states them.
  static func files() throws -> [(path: String, operations: Int)] {
    let manifest = try String(contentsOfFile: root + "/MANIFEST.tsv", encoding: .utf8)
    return manifest.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      return (String(fields[0]), Int(fields[7]) ?? -1)
    }
  }
}

@Suite struct CorpusTests {
  @Test(.enabled(if: Corpus.isPresent, "the shared corpora are not beside the package"))
  func everyForeignHistoryIsRead() throws {
    var rows: [String: (files: Int, operations: Int, keyed: Int, timed: Int)] = [:]
    for (path, operations) in try Corpus.files() {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: Corpus.root + "/" + path)))
      let format = HistoryFormat.recognise(prefix: bytes, fileName: path)
      let history = try #require(
        try? HistoryFile.read(Corpus.root + "/" + path), "\(path) as \(String(describing: format))")
      #expect(!history.operations.isEmpty || !history.faults.isEmpty, "\(path)")
      // One file holds nothing but a nemesis, whose events the manifest counts.
      if !history.operations.isEmpty {
        #expect(history.operations.count == operations, "\(path)")
      }
      var row = rows[format?.rawValue ?? "?"] ?? (0, 0, 0, 0)
      row.files += 1
      row.operations += history.operations.count
      row.keyed += history.operations.contains { !$0.key.isNone } ? 1 : 0
      row.timed += history.hasTimes ? 1 : 0
      rows[format?.rawValue ?? "?"] = row
    }
    print("format         files  operations  keyed  timed")
    for (format, row) in rows.sorted(by: { $0.key < $1.key }) {
      print("\(format)  \(row.files)  \(row.operations)  \(row.keyed)  \(row.timed)")
    }
    #expect(rows.values.map(\.files).reduce(0, +) == 142)
  }
}
