import Basics
import Experiments

struct ExplainVerb: Verb {
  static let name = "explain"
  static let summary = "Say what a fault, an invariant, a workload or a file's key means."
  static let usage = "[NAME] [--json]"
  static let options: [Option] = [.json]
  static let notes = """
    Without a name, the list. Every key with its kind, its default and its meaning:
    faultline explain kill; the keys of a whole file: faultline explain experiment
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.count <= 1 else {
      throw UsageError("'explain' takes one name: faultline explain NAME")
    }
    guard let name = arguments.operands.first else {
      show(arguments.has("json") ? JSON.array(Page.all.map { $0.line }).text() : list)
      return .valid
    }
    let pages = Page.named(name)
    guard !pages.isEmpty else { throw unknown(name) }
    if arguments.has("json") {
      show(JSON.array(pages.map { $0.json }).text())
    } else {
      show(pages.map { $0.text }.joined(separator: "\n\n"))
    }
    return .valid
  }

  private static func unknown(_ name: String) -> UsageError {
    let names = Page.all.map(\.name)
    let near = Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'?" }
    return UsageError("nothing is called '\(name)'" + (near ?? "; faultline explain lists what is"))
  }

  private static var list: String {
    let kinds = [
      ("file", "Files"), ("fault", "Faults"), ("action", "Actions"), ("workload", "Workloads"),
      ("invariant", "Invariants"),
    ]
    let sections = kinds.map { kind, title in
      let rows = Page.all.filter { $0.kind == kind }.map { [$0.name, $0.summary] }
      return ([title] + Columns.aligned(rows).map { "  " + $0 }).joined(separator: "\n")
    }
    return sections.joined(separator: "\n\n") + "\n\nMore on one: faultline explain NAME"
  }
}

extension Page {
  fileprivate var text: String {
    var lines = ["\(name), \(article) \(kind)", "  \(summary)"]
    if let contract {
      lines +=
        ["", kind == "invariant" ? "Bounds" : "Contract"]
        + contract.split(separator: "\n").map { "  \($0)" }
    }
    if let confirmation { lines += ["", "Confirmed", "  \(confirmation)"] }
    if !keys.isEmpty {
      lines += ["", "Keys"] + Columns.aligned(keys.map { $0.row }).map { "  " + $0 }
    }
    if let example { lines += ["", "Example", "  \(example)"] }
    return lines.joined(separator: "\n")
  }

  private var article: String { "aeiou".contains(kind.first ?? " ") ? "an" : "a" }

  fileprivate var line: JSON {
    ["kind": .string(kind), "name": .string(name), "summary": .string(summary)]
  }

  fileprivate var json: JSON {
    [
      "kind": .string(kind), "name": .string(name), "summary": .string(summary),
      "confirmation": .optional(confirmation) { .string($0) },
      "contract": .optional(contract) { .string($0) },
      "keys": .array(
        keys.map { key in
          [
            "name": .string(key.name), "kind": .string(key.form.text),
            "required": .bool(key.isRequired),
            "default": .optional(key.default) { .string($0) }, "summary": .string(key.summary),
          ]
        }), "example": .optional(example) { .string($0) },
    ]
  }
}

extension FormKey {
  /// Name, what is promised without it, meaning; what may stand there comes last where it is long.
  fileprivate var row: [String] {
    let promise = isRequired ? "required" : self.default.map { "default \($0)" } ?? ""
    let kind = form.text
    guard kind.count > 24 else { return [name, kind, promise, summary] }
    let rest = kind.contains(" | ") ? "One of: \(kind)." : "Takes \(kind)."
    return [name, "", promise, "\(summary) \(rest)"]
  }
}
