import Basics
import Experiments
import Foundation
import Testing

/// Python's validator of JSON Schema.
private enum Validator {
  static let isThere = (try? python("import yaml, jsonschema", [])) == ""

  /// Runs a program of Python's.
  ///
  /// - Returns: what it said, errors too.
  static func python(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }
}

/// The schemas for editors, judged by a validator that is none of ours.
@Suite(.enabled(if: Validator.isThere, "needs Python's yaml and jsonschema"))
struct SchemaTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let validate = """
    import sys, json, yaml, jsonschema
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for file in sys.argv[2:]:
        for error in validator.iter_errors(yaml.safe_load(open(file))):
            print(file, list(error.path), error.message[:200])
    """

  /// What the validator says against files.
  private func verdict(_ kind: String, on files: [String]) throws -> String {
    let file = try #require(JSONSchema.files.first { $0.name == kind })
    let text = JSONSchema.document(file.name, file.form, isTemplated: file.isTemplated).text()
    let schema = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    try Data(text.utf8).write(to: schema)
    defer { try? FileManager.default.removeItem(at: schema) }
    return try Validator.python(Self.validate, [schema.path] + files)
  }

  private func shipped(_ folder: String, _ ending: String) throws -> [String] {
    let start = Self.root.appending(path: folder)
    let walker = try #require(FileManager.default.enumerator(atPath: start.path))
    let files = walker.compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }
    return files.map { start.path + "/" + $0 }.sorted()
  }

  @Test(
    arguments: [
      ("experiment", "experiments", ".yaml"), ("stack", "fixtures/stacks", ".yaml"),
      ("component", "fixtures/components", "component.yaml"),
    ])
  func everyShippedFileIsRight(kind: String, folder: String, ending: String) throws {
    let files = try shipped(folder, ending)
    #expect(!files.isEmpty)
    let said = try verdict(kind, on: files)
    #expect(said.isEmpty, "\(said)")
  }

  @Test(
    arguments: [
      ("steady-state:", "steady-sate:"), ("title:", "titel:"), ("for: 1s", "for: soon"),
      ("fault: kill, target", "fault: kil, target"), ("kind: set", "kind: sets"),
      ("rate: 50/s, ", ""), ("pick: one", "pick: some"), ("full: true", "full: maybe"),
    ])
  func whatIsWrongIsSeen(old: String, new: String) throws {
    #expect(Fixture.experiment.contains(old))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    // The fixture's own checkers are invented, so its invariants say nothing here.
    let right = Fixture.experiment.components(separatedBy: "invariants:")[0]
    try Data(right.utf8).write(to: file)
    #expect(try verdict("experiment", on: [file.path]) == "")
    try Data(right.replacing(old, with: new).utf8).write(to: file)
    #expect(try verdict("experiment", on: [file.path]) != "")
  }

  /// An editor takes what planning takes.
  @Test(arguments: [
    ("3s", true), ("{p95: 3s}", true), ("{p50: 1s, p99.9: 3s, confidence: 90%, at-most: 9s}", true),
    ("{p95: soon}", false), ("{q95: 3s}", false), ("{p95: 3s, confidense: 90%}", false),
    ("[3s]", false),
  ])
  func aBoundOfManyRuns(bound: String, isRight: Bool) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    let right = Fixture.experiment.components(separatedBy: "invariants:")[0]
    let text = right + "invariants:\n  - failover-time: {first-good: \(bound)}\n"
    try Data(text.utf8).write(to: file)
    let said = try verdict("experiment", on: [file.path])
    #expect(said.isEmpty == isRight, "\(bound): \(said)")
  }
}
