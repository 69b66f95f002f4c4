internal import Basics
internal import YAML

/// How an instance that watches others tells which alerts fire.
extension RecipeReader {
  func alerts(_ node: YAMLNode, _ problems: inout [Problem]) -> AlertQuery? {
    var fields = Fields(node, of: "alerts")
    let name = fields.text("name")
    let labels = fields.text("labels")
    let without = fields.texts("without") ?? []
    let within = within(&fields, or: .seconds(1))
    let every = period(&fields, or: .milliseconds(500))
    var kind: AlertQuery.Kind?
    switch asked(&fields, "alerts need", example: "http://127.0.0.1:9093/alerts") {
    case .http(let url)?:
      kind = .http(url: url, name: path(name ?? "name"), labels: labels.map { path($0) })
    case .command(let words)?:
      for key in ["name", "labels"] where node[key] != nil {
        fields.refuse("'\(key)' is about an answer to 'http'", at: node[key]?.mark)
      }
      kind = .command(words)
    case nil: break
    }
    fields.finish(into: &problems)
    return kind.map { AlertQuery(kind: $0, within: within, every: every, without: without) }
  }

  private func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
}
