import Basics

struct CheckVerb: Verb {
  static let name = "check"
  static let summary = ""
  static let usage = ""
  static let options: [Option] = []
  static func run(_ arguments: Arguments) throws -> ExitCode { .valid }
}
