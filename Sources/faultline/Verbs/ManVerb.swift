import Basics

struct ManVerb: Verb {
  static let name = "man"
  static let summary = "Print the manual page, made of what every verb says of itself."
  static let usage = ""
  static let options: [Option] = []
  static let notes = """
    To read it: faultline man | man -l -
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.isEmpty else { throw UsageError("'man' takes no operands") }
    show(ManPage(Faultline.verbs, version: VersionVerb.number).text)
    return .valid
  }
}
