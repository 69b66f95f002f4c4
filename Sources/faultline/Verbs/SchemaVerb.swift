import Basics
import Experiments

struct SchemaVerb: Verb {
  static let name = "schema"
  static let summary = "Print the JSON Schema of a file, for editors."
  static let usage = "experiment|stack|component"
  static let options: [Option] = []
  static let notes = """
    faultline schema experiment > .experiment.schema.json, and as the first line of an experiment:
    # yaml-language-server: $schema=../../.experiment.schema.json
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let names = JSONSchema.files.map(\.name)
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'schema' takes one kind of file: \(names.joined(separator: ", "))")
    }
    guard let file = JSONSchema.files.first(where: { $0.name == name }) else {
      let near = Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'?" }
      throw UsageError(
        "there is no schema of '\(name)'" + (near ?? "; there are \(names.joined(separator: ", "))")
      )
    }
    show(
      JSONSchema.document(file.name, file.form, isTemplated: file.isTemplated)
        .text(indented: true))
    return .valid
  }
}
