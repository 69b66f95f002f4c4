import Basics

struct ExecVerb: Verb {
  static let name = "exec"
  static let summary = ""
  static let usage = ""
  static let options: [Option] = []
  static func run(_ arguments: Arguments) throws -> ExitCode { .valid }
}
