internal import Basics
internal import YAML

/// How an instance that watches others tells which alerts fire.
extension RecipeReader {
  func alerts(_ node: YAMLNode, _ problems: inout [Problem]) -> AlertQuery? {
    var fields = Fields(node, of: "alerts")
    let url = fields.take("http")
    let command = fields.take("command")
    let name = fields.text("name")
    let labels = fields.text("labels")
    let without = fields.texts("without") ?? []
    let within = fields.duration("within") ?? .seconds(1)
    if within == .zero {
      fields.refuse("'within' must not be zero", at: node["within"]?.mark)
    }
    let every = period(&fields, or: .milliseconds(500))
    var kind: AlertQuery.Kind?
    switch (url, command) {
    case (let url?, nil):
      guard let text = url.text, text.hasPrefix("http://") || text.hasPrefix("https://") else {
        fields.refuse("a URL is expected here, such as http://127.0.0.1:9093/alerts", at: url.mark)
        break
      }
      kind = .http(url: text, name: path(name ?? "name"), labels: labels.map { path($0) })
    case (nil, let command?):
      for key in ["name", "labels"] where node[key] != nil {
        fields.refuse("'\(key)' is about an answer to 'http'", at: node[key]?.mark)
      }
      kind = .command(arguments(command, of: "command", &fields.problems))
    default: fields.refuse("alerts need either 'http' or 'command'", at: node.mark)
    }
    fields.finish(into: &problems)
    return kind.map { AlertQuery(kind: $0, within: within, every: every, without: without) }
  }

  private func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
}
