import Basics

struct DoctorVerb: Verb {
  static let name = "doctor"
  static let summary = ""
  static let usage = ""
  static let options: [Option] = []
  static func run(_ arguments: Arguments) throws -> ExitCode { .valid }
}
