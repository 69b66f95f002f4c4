import Basics

struct StatusVerb: Verb {
  static let name = "status"
  static let summary = ""
  static let usage = ""
  static let options: [Option] = []
  static func run(_ arguments: Arguments) throws -> ExitCode { .valid }
}
