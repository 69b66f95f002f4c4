import Basics
import Checking
import Foundation
import Reports
import TestGround
import Testing

/// Every file that a call leaves, for every way in which its runs can end.
@Suite struct CallTests {
  static let names = SampleCall.records.map(\.name)

  private func record(_ name: String) throws -> RunRecord {
    try #require(SampleCall.records.first { $0.name == name }).record
  }

  /// A gate that reads test cases is as open as one that reads the exit code.
  @Test(arguments: names) func testCasesAreGreenExactlyWhereTheExitCodeIsZero(name: String) throws {
    let record = try record(name)
    let read = try JUnitReading(record.junit)
    #expect(read.isGreen == (record.exit == .valid), "\(record.junit)")
    #expect(read.counts["tests"] == "\(read.cases.count)")
    #expect(read.counts["errors"] == "\(read.cases.count { $0.status == "error" })")
    #expect(read.counts["failures"] == "\(read.cases.count { $0.status == "failed" })")
    #expect(Set(read.cases.map(\.key)).count == read.cases.count)
    #expect(read.cases.first?.key.hasSuffix("|run") == true)
  }

  /// Whatever an exit code is, with invariants that held: nothing passes that did not end well.
  @Test(arguments: ExitCode.allCases) func noEndIsGreenByItself(exit: ExitCode) throws {
    var record = SampleCall.valid
    record.exit = exit
    #expect(try JUnitReading(record.junit).isGreen == (exit == .valid))
    var call = SampleCall.empty
    call.parts = [.run(RunOutcome(record))]
    #expect(call.exit == exit)
    #expect(try JUnitReading(call.junit).isGreen == (exit == .valid))
    call.parts = [.missed(MissedRun(file: "a.yaml", reason: "a reason", exit: exit))]
    #expect(try JUnitReading(call.junit).isGreen == (exit == .valid))
  }

  @Test func whatWasRefusedAsAWholeHasATestCaseAndAnnotation() throws {
    var call = SampleCall.empty
    call.refusal = .init(exit: .nothingRan, sentence: "shard 3/3 has no run")
    #expect(call.exit == .nothingRan)
    let read = try JUnitReading(call.junit)
    #expect(!read.isGreen && read.cases.map(\.message) == ["shard 3/3 has no run"])
    #expect(call.annotations() == ["::error title=faultline run::shard 3/3 has no run"])
    #expect(call.markdown().contains("shard 3/3 has no run"))
  }

  /// Runs of one experiment with other settings, or another number, have other names; those alike have a number.
  @Test func namesTellVariantsAndRepeatsApart() throws {
    let read = try JUnitReading(SampleCall.call.junit)
    #expect(Set(read.suites).count == read.suites.count, "\(read.suites)")
    #expect(read.suites.contains("sample.01-load-balancer-dies [mode=plain] (run 2 of 3)"))
    #expect(read.suites.contains("sample.01-load-balancer-dies [mode=plain]"))
    #expect(read.suites.contains("sample.01-load-balancer-dies #2"))
    #expect(Set(read.cases.map(\.key)).count == read.cases.count)
    #expect(read.properties["parameter.mode"] == "plain")
    #expect(read.properties["version.proxy"] == "proxy 2.6.12")
    #expect(read.properties["seed"] != nil && read.properties["faultline"] != nil)
    let bound = read.cases.first { $0.key.contains("50% of failover-time") }
    #expect(bound?.status == "error" && bound?.message.contains("2 runs say nothing") == true)
  }

  @Test(.enabled(if: Tool.xmllint.isThere, "needs xmllint (libxml2-utils)"))
  func theSchemaOfJenkinsTakesAll() throws {
    let texts =
      SampleCall.records.map(\.record.junit) + [SampleCall.call.junit, SampleCall.empty.junit]
    for text in texts {
      let said = try Tool.xmllint.run(
        ["--noout", "--schema", Tool.schemas + "/junit-jenkins.xsd", "-"], text)
      #expect(said.code == 0, "\(said.text)\n\(text)")
    }
    // The schema can say no.
    let wrong = SampleCall.call.junit.replacing("<testcase ", with: "<testcase assertions=\"1\" ")
    let said = try Tool.xmllint.run(
      ["--noout", "--schema", Tool.schemas + "/junit-jenkins.xsd", "-"], wrong)
    #expect(said.code != 0)
  }

  @Test(arguments: names) func theSchemaOfResultsTakesAll(name: String) throws {
    let schema = SchemaCheck(try PlainJSON(ResultSchema.result.text()))
    var document = try record(name).json
    if case .object(let members) = document {
      document = .object(members + [.init("folder", "/reports/a/b/c")])
    }
    #expect(schema.faults(of: try PlainJSON(document.text())) == [])
    // The schema can say no.
    let other = document.text().replacing("\"exitCode\":", with: "\"exitcode\":")
    #expect(!schema.faults(of: try PlainJSON(other)).isEmpty)
  }

  @Test func theSchemaOfCallsTakesAll() throws {
    let schema = SchemaCheck(try PlainJSON(ResultSchema.call.text()))
    var refused = SampleCall.empty
    refused.refusal = .init(exit: .usage, sentence: "no")
    refused.shard = RunShard(text: "1/2")
    for call in [SampleCall.call, SampleCall.empty, refused] {
      #expect(schema.faults(of: try PlainJSON(call.json.text())) == [])
    }
    #expect(SampleCall.call.json["exitCode"] == .integer(Int64(ExitCode.interrupted.rawValue)))
  }

  /// The schemas in the repository are those that the program prints; `FAULTLINE_REWRITE_GOLDEN=1` writes them anew.
  @Test func theSchemasInTheRepositoryAreTheProgramsOwn() throws {
    for (name, document) in ResultSchema.files {
      let file = URL(filePath: Tool.schemas + "/\(name).json")
      let text = document.text(indented: true) + "\n"
      if ProcessInfo.processInfo.environment["FAULTLINE_REWRITE_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: file)
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
  }

  @Test func annotationsHaveThePlaceAndCannotBeForged() {
    var call = SampleCall.empty
    call.parts = [.run(RunOutcome(SampleCall.planError)), .run(RunOutcome(SampleCall.valid))]
    #expect(
      call.annotations(below: "chaos/") == [
        "::error file=chaos/experiments/sample/02-typo.yaml,line=7,col=1,title=sample.02-typo::"
          + "unknown key 'tagret', 50%25%0Aof it; did you mean 'target'?",
        "::error file=chaos/fixtures/stacks/a%2Cb%3Ac.yaml,title=sample.02-typo::"
          + "there is no such file",
      ])
    call.parts = [.run(RunOutcome(SampleRun.record()))]
    #expect(call.annotations().count == 2)
    #expect(call.annotations()[0].contains("no-lost-writes is invalid: 2 acknowledged"))
    // The runner shows ten, so the last says that there are more.
    call.parts = (0..<20).map { _ in .run(RunOutcome(SampleRun.record())) }
    #expect(call.annotations().count == 10)
    #expect(call.annotations().last?.contains("and 31 more") == true)
  }
}

/// Another program that looks at what is written.
struct Tool {
  static let xmllint = Tool(path: "/usr/bin/xmllint")
  static let promtool = Tool(path: "/usr/bin/promtool")
  static let schemas = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "fixtures/schemas")
    .path

  let path: String
  var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  func run(_ arguments: [String], _ input: String) throws -> (code: Int32, text: String) {
    let file = try TemporaryFolder()
    let text = URL(filePath: file.file("in"))
    try Data(input.utf8).write(to: text)
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: text)
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }
}
