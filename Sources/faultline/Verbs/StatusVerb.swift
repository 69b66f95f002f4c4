import Basics
import Harness
import YAML

struct StatusVerb: Verb {
  static let name = "status"
  static let summary = "Say what a stack that is up, or a run under way, is doing."
  static let usage = "[STACK] [--json]"
  static let options: [Option] = [.liveReports, .json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let live = try LiveConnection.open(
      arguments.operands.first, reports: arguments.value("reports"))
    if arguments.has("json") {
      show(try live.text(["status"]))
    } else {
      show(text(try live.ask(["status"])))
    }
    return .valid
  }

  private static func text(_ status: YAMLNode) -> String {
    func word(_ node: YAMLNode, _ key: String) -> String { node[key]?.text ?? "" }
    let instances = status["instances"]?.elements ?? []
    let nodes = (status["nodes"]?.elements ?? []).map { node -> [String] in
      let here = instances.filter { word($0, "node") == word(node, "name") }
      return [
        word(node, "name"), word(node, "site"), word(node, "address"),
        here.map { "\(word($0, "component")) \(word($0, "state"))" }.joined(separator: ", "),
      ]
    }
    let owners = (status["owners"]?.entries ?? []).map { pair in
      [pair.key, (pair.value.elements ?? []).compactMap(\.text).joined(separator: " AND ")]
    }
    let faults = (status["faults"]?.elements ?? []).compactMap(\.text)
    return
      ([
        "\(word(status, "stack")): \(word(status, "phase")), logs in \(word(status, "folder"))/logs"
      ]
      + Columns.aligned(nodes).map { "  " + $0 }
      + Columns.aligned(owners).map { "  address " + $0 }
      + faults.map { "  fault: " + $0 }).joined(separator: "\n")
  }
}
