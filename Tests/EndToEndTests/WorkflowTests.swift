import Foundation
import Testing

/// The workflows on the page: what they run is there, and their files are as their services want them.
@Suite(.needs(Machine.faultline)) struct WorkflowTests {
  /// The code blocks whose first line names a file that begins with a dot.
  private static func files() throws -> [(name: String, text: String)] {
    let page = try String(contentsOfFile: Machine.root + "/README.md", encoding: .utf8)
    return page.components(separatedBy: "```yaml\n# .").dropFirst().compactMap { block in
      let text = block.components(separatedBy: "\n```")[0]
      return text.firstIndex(of: "\n").map { ("." + text[..<$0], String(text[$0...])) }
    }
  }

  /// Verb and options of every line that runs the program.
  private static func commands() throws -> [(verb: String, options: [String])] {
    let text = try files().map(\.text).joined(separator: "\n")
    let plan = try #require(text.firstMatch(of: /PLAN: "([^"]*)"/)).1
    return text.replacing("$PLAN", with: plan).matches(of: /faultline ([a-z]+) ([^\n]*)/).map {
      (String($0.1), $0.2.matches(of: /--[a-z-]+/).map { String($0.0) })
    }
  }

  @Test func everyCommandAndOptionIsThere() throws {
    let commands = try Self.commands()
    #expect(commands.count >= 6)
    let overview = try Program(Machine.faultline, []).finish().output
    // Campaigns may come later than this page.
    let isThere = overview.contains("\n  campaign ")
    for (verb, options) in commands where isThere || verb != "campaign" {
      #expect(overview.contains("\n  \(verb) "), "\(verb)")
      let help = try Program(Machine.faultline, [verb, "--help"]).finish().output
      for option in options { #expect(help.contains("  \(option) "), "\(verb) \(option)") }
    }
  }

  @Test func everyScriptAndTargetIsThere() throws {
    let text = try Self.files().map(\.text).joined(separator: "\n")
    let makefile = try String(contentsOfFile: Machine.root + "/Makefile", encoding: .utf8)
    let targets = text.matches(of: /make ([a-z-]+)/).map { String($0.1) }.filter { $0 != "git" }
    #expect(Set(targets) == ["build"])
    #expect(makefile.contains("\nbuild:"))
    for match in text.matches(of: /\.ci\/[a-z-]+/) {
      #expect(Machine.has(Machine.root + "/" + match.0), "\(match.0)")
    }
  }

  private static let linter = "/opt/faultline/check-jsonschema/bin/check-jsonschema"

  /// By the schemas that the linter brings along.
  @Test(.needs(linter)) func theirFilesAreAsTheirServicesWantThem() throws {
    let files = try Self.files()
    #expect(files.count == 2)
    for (name, text) in files {
      let schema = name.hasPrefix(".github") ? "vendor.github-workflows" : "vendor.gitlab-ci"
      let path = NSTemporaryDirectory() + "workflow-\(UUID().uuidString).yaml"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let ended = try Program(Self.linter, ["--builtin-schema", schema, path]).finish()
      #expect(ended.code == 0, "\(name): \(ended)")
    }
  }
}
