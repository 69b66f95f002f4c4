internal import Basics
internal import YAML

/// How an instance tells what time it has.
extension RecipeReader {
  func clock(_ node: YAMLNode, _ problems: inout [Problem]) -> ClockQuery? {
    var fields = Fields(node, of: "a clock")
    let within = within(&fields, or: .seconds(1))
    let asked = asked(&fields, "a clock needs", example: "http://127.0.0.1:8080/")
    fields.finish(into: &problems)
    return asked.map { asked in
      switch asked {
      case .http(let url): ClockQuery(kind: .http(url), within: within)
      case .command(let words): ClockQuery(kind: .command(words), within: within)
      }
    }
  }
}
