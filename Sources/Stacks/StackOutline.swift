public import YAML

/// What a stack says about itself, before anything of it is decided.
public struct StackOutline: Sendable {
  /// Its file's name without the ending.
  public let name: String
  /// A few words for a person.
  public let title: String
  /// One sentence for a person; empty when the file has none.
  public let summary: String
  /// What an experiment may set, in the order declared.
  public let parameters: [Parameter]
  /// The path it was read from.
  public let file: String
  let root: YAMLNode

  static let keys = [
    "title", "summary", "parameters", "sites", "prefers", "networks", "links", "addresses", "nodes",
    "resolvers", "services", "tunnels",
  ]

  /// Reads the stack's file as far as that goes without knowing its parameters.
  public static func read(_ file: String, from library: some Library) throws(Problems)
    -> StackOutline
  {
    guard let bytes = library.read(file) else {
      throw Problems(library.absence(of: file))
    }
    let root: YAMLNode
    do { root = try YAMLNode.parse(bytes, file: file) } catch { throw Problems(error) }
    var fields = Fields(root, of: "a stack")
    var problems: [Problem] = []
    let title = fields.requiredText("title") ?? ""
    let summary = fields.text("summary") ?? ""
    let parameters = Parameter.read(fields.named("parameters", "a parameter"), &problems)
    for key in keys { _ = fields.take(key) }
    fields.finish(into: &problems)
    guard problems.isEmpty else { throw Problems(problems) }
    let last = file.split(separator: "/").last ?? ""
    return StackOutline(
      name: String(last.hasSuffix(".yaml") ? last.dropLast(5) : last), title: title,
      summary: summary, parameters: parameters, file: file, root: root)
  }
}
