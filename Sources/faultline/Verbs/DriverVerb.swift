import Basics
import Bindings
import Clients
import Experiments
import Harness
import YAML

struct DriverVerb: Verb {
  static let name = "driver"
  static let summary = "Try a driver of your own: whether runs can believe it."
  static let usage = "check NAME [--url URL] [--json]"
  static let options: [Option] = [
    Option(
      name: "url", value: "URL",
      summary: "Where its clients go; without it, where nobody answers."), .json,
  ]
  static let notes = """
    NAME is a folder of fixtures/drivers. The driver runs on this machine, without walls; nothing is
    written at the URL, only read. Exit code 0 when all passed, 1 when not.
    The protocol: fixtures/drivers/README.md
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.count == 2, arguments.operands[0] == "check" else {
      throw UsageError("'driver' takes a word and a name: faultline driver check NAME")
    }
    let project = try Project.here()
    let declaration = try project.loader().driver(arguments.operands[1])
    let scheme = declaration.schemes.first ?? "tcp"
    let ground = ClientGround.machine(
      place: project.place(of:), environment: ["PYTHONPATH=\(project.pythonPath)"])
    let exam = DriverExam(
      declaration, in: ground, url: arguments.value("url") ?? "\(scheme)://127.0.0.1:1/none")
    let results = exam.results()
    show(arguments.has("json") ? json(results).text() : text(results))
    return results.allSatisfy { $0.remedy == nil } ? .valid : .invalid
  }

  private static func text(_ results: [DriverExam.Result]) -> String {
    results.map { result in
      let line = "\(result.remedy == nil ? "✓" : "✗") \(result.name): \(result.found)"
      return line + (result.remedy.map { "\n    \($0)" } ?? "")
    }.joined(separator: "\n")
  }

  private static func json(_ results: [DriverExam.Result]) -> JSON {
    .array(
      results.map { result in
        [
          "name": .string(result.name), "good": .bool(result.remedy == nil),
          "found": .string(result.found), "remedy": .optional(result.remedy) { .string($0) },
        ]
      })
  }
}
