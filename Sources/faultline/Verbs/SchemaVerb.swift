import Basics
import Experiments
import Reports

struct SchemaVerb: Verb {
  static let name = "schema"
  static let summary = "Print the JSON Schema of a file: for editors, and for who reads results."
  static let usage = "experiment|stack|component|result|call"
  static let options: [Option] = []
  static let notes = """
    faultline schema experiment > .experiment.schema.json, and as the first line of an experiment:
    # yaml-language-server: $schema=../../.experiment.schema.json
    'result' is result.json of a run, and what run --json prints; 'call' is call.json of a call of run. Both are in
    fixtures/schemas, too. Their 'format' has a number: members may be added to a document without another.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let files = JSONSchema.files
    let names = files.map(\.name) + ResultSchema.files.map(\.name)
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'schema' takes one kind of file: \(names.joined(separator: ", "))")
    }
    if let file = files.first(where: { $0.name == name }) {
      let document = JSONSchema.document(file.name, file.form, isTemplated: file.isTemplated)
      show(document.text(indented: true))
    } else if let file = ResultSchema.files.first(where: { $0.name == name }) {
      show(file.document.text(indented: true))
    } else {
      let near = Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'?" }
      throw UsageError(
        "there is no schema of '\(name)'" + (near ?? "; there are \(names.joined(separator: ", "))")
      )
    }
    return .valid
  }
}
