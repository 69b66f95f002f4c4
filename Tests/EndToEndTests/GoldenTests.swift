import Foundation
import Testing

/// What people read of the command line, word for word. `FAULTLINE_REWRITE_GOLDEN=1` writes the files
/// anew; the difference is then reviewed like code.
@Suite(.needs(Machine.faultline)) struct GoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  private static let isRewriting =
    ProcessInfo.processInfo.environment["FAULTLINE_REWRITE_GOLDEN"] == "1"

  private func compare(_ text: String, with name: String) throws {
    let file = Self.folder.appending(path: name + ".txt")
    if Self.isRewriting {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    #expect(text == golden, "\(name) differs; FAULTLINE_REWRITE_GOLDEN=1 rewrites it")
  }

  private func said(_ arguments: [String]) throws -> String {
    let ended = try Program(Machine.faultline, arguments).finish()
    #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
    return ended.output
  }

  @Test(
    arguments: [
      "run", "new", "replay", "shrink", "explore", "matrix", "campaign", "plan", "predict", "list",
      "explain",
      "schema",
      "check", "compare",
      "export", "up", "status", "exec", "down", "inject", "heal", "halt", "start", "stop",
      "restart", "promote", "traffic", "note", "logs", "capture", "step", "session",
      "doctor", "completion", "man", "version",
    ])
  func theHelpOfAVerb(verb: String) throws {
    try compare(try said([verb, "--help"]), with: "help-\(verb)")
  }

  @Test func theOverviewNamesEveryVerb() throws {
    try compare(try said([]), with: "help")
  }

  @Test(arguments: [
    "kill", "delay", "promote", "set", "converges", "failover-time", "http", "sql", "redis",
    "stack",
  ])
  func theExplanationOf(name: String) throws {
    try compare(try said(["explain", name]), with: "explain-\(name)")
  }

  /// What there is on this machine is left out: files, servers, and what drivers need.
  @Test func theListOfWhatIsBuiltIn() throws {
    let list = try said(["list"])
    let start = try #require(list.firstRange(of: "Faults\n"))
    let drivers = try #require(list.firstRange(of: "Drivers\n"))
    let after = try #require(list.firstRange(of: "Invariants and checkers\n"))
    try compare(
      String(list[start.lowerBound..<drivers.lowerBound] + list[after.lowerBound...]), with: "list")
  }

  @Test(arguments: [("compare", []), ("compare-markdown", ["--markdown"])])
  func theComparisonOfRuns(name: String, options: [String]) throws {
    let runs = StoredRunFolders()
    let (old, new) = try (runs.before(), runs.since())
    let ended = try Program(Machine.faultline, ["compare", old, new] + options).finish()
    #expect(ended.code == 1 && ended.errors.isEmpty, "\(ended)")
    try compare(ended.output, with: name)
  }

  @Test(.needsMachine) func thePredictionsOfAStack() throws {
    try compare(try said(["predict", "floating-address"]), with: "predict")
  }

  @Test(.needsMachine) func thePlanOfAnExperiment() throws {
    let file = "experiments/floating-address/01-load-balancer-dies.yaml"
    // Where no run is that could say how long one takes.
    let none = ["--reports", "/nowhere/reports"]
    try compare(try said(["plan", file, "--seed", "7"] + none), with: "plan")
  }
}
