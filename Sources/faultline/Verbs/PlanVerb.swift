import Basics

struct PlanVerb: Verb {
  static let name = "plan"
  static let summary = ""
  static let usage = ""
  static let options: [Option] = []
  static func run(_ arguments: Arguments) throws -> ExitCode { .valid }
}
