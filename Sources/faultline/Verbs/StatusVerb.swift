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
    let answer = try live.text(.status)
    show(
      arguments.has("json")
        ? answer : StatusText(try LiveConnection.read(Array(answer.utf8))).text)
    return .valid
  }
}

/// A status for a person.
private struct StatusText {
  private let status: YAMLNode

  init(_ status: YAMLNode) { self.status = status }

  var text: String {
    let head =
      "\(word(status, "stack")): \(word(status, "phase")), logs in \(word(status, "folder"))/logs"
    let parts = [page, nodes, owners, held, faults, traffic, fabric, changes, notes]
    return ([head] + parts.flatMap { $0.map { "  " + $0 } }).joined(separator: "\n")
  }

  private func word(_ node: YAMLNode, _ key: String) -> String { node[key]?.text ?? "" }

  private func elements(_ key: String) -> [YAMLNode] { status[key]?.elements ?? [] }

  private func number(_ node: YAMLNode, _ key: String) -> Int { Int(word(node, key)) ?? 0 }

  private var page: [String] {
    let url = word(status, "page")
    return url.isEmpty || url == "null" ? [] : ["live page: \(url)"]
  }

  private var nodes: [String] {
    let instances = elements("instances")
    return Columns.aligned(
      elements("nodes").map { node -> [String] in
        let here = instances.filter { word($0, "node") == word(node, "name") }
        let lives = here.map { instance in
          let role = word(instance, "role")
          return "\(word(instance, "component")) \(word(instance, "state"))"
            + (role.isEmpty ? "" : " (\(role))")
        }
        return [
          word(node, "name"), word(node, "site"), word(node, "address"),
          lives.joined(separator: ", "),
        ]
      })
  }

  private var owners: [String] {
    Columns.aligned(
      (status["owners"]?.entries ?? []).map { pair in
        [pair.key, (pair.value.elements ?? []).compactMap(\.text).joined(separator: " AND ")]
      }
    ).map { "address " + $0 }
  }

  private var faults: [String] {
    elements("faults").map { fault in
      let state = word(fault, "confirmed") == "true" ? "" : " (not confirmed)"
      return "fault \(word(fault, "id")): \(word(fault, "summary"))\(state)"
    }
  }

  private var held: [String] {
    status["waitsFor"]?.text.map { ["waits until it is let begin (faultline step): \($0)"] } ?? []
  }

  private var traffic: [String] {
    elements("traffic").map { one in
      let error = word(one, "lastError")
      let rate = word(one, "rate")
      return
        "traffic \(word(one, "workload")), \(rate.isEmpty ? "stopped" : rate): \(number(one, "goodPerSecond")) good/s, "
        + "\(number(one, "badPerSecond")) bad/s; \(number(one, "good")) good, \(number(one, "bad")) bad in all"
        + (error.isEmpty ? "" : "; last error: \(error)")
    }
  }

  /// The newest of what was noted, by people and by the harness: why everything was halted, say.
  private var notes: [String] {
    elements("notes").suffix(3).compactMap(\.text).map { "note: " + $0 }
  }

  private var changes: [String] {
    elements("changedFromOutside").compactMap(\.text).map { "changed from outside: " + $0 }
  }

  private var fabric: [String] {
    let pairs = elements("fabric")
    let passed = pairs.reduce(0) { $0 + number($1, "passed") }
    let lossy = pairs.filter { number($0, "dropped") > 0 }.map {
      "\(word($0, "from")) to \(word($0, "to")) \(word($0, "dropped"))"
    }
    let dropped = lossy.isEmpty ? "none dropped" : "dropped: " + lossy.joined(separator: ", ")
    return pairs.isEmpty ? [] : ["fabric: \(passed) frames passed, \(dropped)"]
  }
}
