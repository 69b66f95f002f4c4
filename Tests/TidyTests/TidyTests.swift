import Foundation
import Testing

/// The house rules that a machine can check, checked by the ordinary test run.
@Suite struct TidyTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every file of ours below the folders, with its text.
  static func files(in folders: [String], ending: String) throws -> [(path: String, text: String)] {
    try folders.flatMap { folder in
      let start = root.appending(path: folder)
      let walker = try #require(
        FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil))
      return try walker.compactMap { $0 as? URL }.filter { $0.pathExtension == ending }.map {
        (
          String($0.path.dropFirst(root.path.count + 1)),
          try String(contentsOf: $0, encoding: .utf8)
        )
      }
    }
  }

  @Test func sourcesAreFormatted() throws {
    let format = Process()
    format.executableURL = URL(filePath: "/usr/bin/env")
    format.arguments = [
      "swift", "format", "lint", "--strict", "--recursive", "--parallel", "Sources", "Tests",
      "Package.swift",
    ]
    format.currentDirectoryURL = Self.root
    let errors = Pipe()
    format.standardError = errors
    try format.run()
    let output = errors.fileHandleForReading.readDataToEndOfFile()
    format.waitUntilExit()
    #expect(format.terminationStatus == 0, "\(String(decoding: output, as: UTF8.self))")
  }

  @Test func onlyTestsImportFoundation() throws {
    for (path, text) in try Self.files(in: ["Sources"], ending: "swift") {
      #expect(!text.contains("import Foundation\n"), "\(path)")
    }
  }

  @Test func aFileHoldsOneIdea() throws {
    for (path, text) in try Self.files(in: ["Sources", "Tests"], ending: "swift") {
      #expect(text.split(separator: "\n").count <= 400, "\(path) is longer than 400 lines")
    }
  }

  /// What services, files and logs wrote is made plain on its way to a terminal. Two lines print as they
  /// are: one with colours, whose parts are plain, and one with a mark for our own parent.
  @Test func everythingIsPrintedThroughOneFunction() throws {
    for (path, text) in try Self.files(in: ["Sources/faultline"], ending: "swift")
    where !path.hasSuffix("/Output.swift") {
      for line in text.split(separator: "\n") where line.contains(/(^|[^.\w])print\(/) {
        let isKnown = line.contains("print(Closing.text(") || line.contains("print(Self.readyMark")
        #expect(isKnown, "\(path): \(line)")
      }
    }
  }

  /// A server is a folder under `fixtures/components`, never a word in Swift, but for the files of a client
  /// that speaks its protocol.
  @Test func noServerIsNamedInSwift() throws {
    let servers = ["haproxy", "keepalived", "nginx", "postgres"]
    for (path, text) in try Self.files(in: ["Sources"], ending: "swift")
    where !path.hasPrefix("Sources/services/") && !path.contains("/SQL") {
      let lowered = text.lowercased()
      for server in servers { #expect(!lowered.contains(server), "\(path) names \(server)") }
    }
  }

  /// One name, one meaning: no two modules have a type of the same name (nested ones are told apart
  /// by the type around them).
  @Test func typeNamesAreUnique() throws {
    let declaration =
      /^(?:(?:public|package|private|fileprivate|final|indirect) )*(?:struct|enum|class|actor|protocol|typealias) (\w+)/
    var places: [Substring: [String]] = [:]
    for (path, text) in try Self.files(in: ["Sources"], ending: "swift") {
      for line in text.split(separator: "\n") {
        if let match = line.prefixMatch(of: declaration) {
          places[match.1, default: []].append(path)
        }
      }
    }
    #expect(places.count > 400)
    for (name, paths) in places where paths.count > 1 { Issue.record("\(name): \(paths)") }
  }

  @Test func theCoreTouchesNothing() throws {
    let core = [
      "Statistics", "Shrinking", "Packets", "Links", "Durability", "Histories", "Checking",
      "Linearizability", "Transactions", "Checkers",
      "Stacks", "Faults", "Workloads", "Bindings", "Experiments", "Exploring", "Reports",
      "Campaigns", "Verdicts",
    ]
    let shell = [
      "import Glibc", "import Linux", "FileManager", "ContinuousClock", "Date()", "SystemRandom",
    ]
    for (path, text) in try Self.files(in: core.map { "Sources/" + $0 }, ending: "swift") {
      for word in shell { #expect(!text.contains(word), "\(path) uses \(word)") }
    }
  }
}
