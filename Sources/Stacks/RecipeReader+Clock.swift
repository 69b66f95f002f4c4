internal import Basics
internal import YAML

/// How an instance tells what time it has.
extension RecipeReader {
  func clock(_ node: YAMLNode, _ problems: inout [Problem]) -> ClockQuery? {
    var fields = Fields(node, of: "a clock")
    let url = fields.take("http")
    let command = fields.take("command")
    let within = fields.duration("within") ?? .seconds(1)
    if within == .zero {
      fields.refuse("'within' must not be zero", at: node["within"]?.mark)
    }
    var kind: ClockQuery.Kind?
    switch (url, command) {
    case (let url?, nil):
      guard let text = url.text, text.hasPrefix("http://") || text.hasPrefix("https://") else {
        fields.refuse("a URL is expected here, such as http://127.0.0.1:8080/", at: url.mark)
        break
      }
      kind = .http(text)
    case (nil, let command?):
      kind = .command(arguments(command, of: "command", &fields.problems))
    default: fields.refuse("a clock needs either 'http' or 'command'", at: node.mark)
    }
    fields.finish(into: &problems)
    return kind.map { ClockQuery(kind: $0, within: within) }
  }
}
