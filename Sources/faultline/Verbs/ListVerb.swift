import Basics

struct ListVerb: Verb {
  static let name = "list"
  static let summary = ""
  static let usage = ""
  static let options: [Option] = []
  static func run(_ arguments: Arguments) throws -> ExitCode { .valid }
}
