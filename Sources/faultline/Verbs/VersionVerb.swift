import Basics

struct VersionVerb: Verb {
  static let name = "version"
  static let summary = "Print the version."
  static let usage = "[--json]"
  static let options: [Option] = [.json]

  static var number: String { ProgramVersion.number }

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let document: JSON = ["faultline": .string(number)]
    show(arguments.has("json") ? document.text() : "faultline \(number)")
    return .valid
  }
}
