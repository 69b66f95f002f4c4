internal import Basics
internal import Bindings
internal import Checking
internal import Checkers
internal import Faults
internal import Workloads

/// What there is to know of one thing that a user may write, made from its own description.
public struct Page: Sendable {
  /// What it is: `fault`, `action`, `invariant`, `workload`, `client`, `file`.
  public let kind: String
  /// The word that a user writes for it, unique within its kind.
  public let name: String
  /// One sentence.
  public let summary: String
  /// How it is known to have taken effect; nil for what takes none.
  public let confirmation: String?
  /// What is sent, what must come back and as what each outcome is recorded, in a few lines; nil for
  /// what is neither a workload nor a client. Of an invariant how its bounds may be written, where that takes more than a key.
  public let contract: String?
  /// Its keys, those of mappings below it with a dot: `steady-state.for`.
  public let keys: [FormKey]
  /// As it may stand in a file; nil where the keys say it all.
  public let example: String?

  /// Every page, in the order of the catalogues.
  public static let all: [Page] =
    JSONSchema.files.map { Page(file: $0.name, $0.form) }
    + FaultCatalogue.faults.map { Page($0) } + FaultCatalogue.actions.map { Page($0) }
    + Catalogue.all.map { Page($0) } + WorkloadCatalogue.all.map { Page($0) }
    + ClientCatalogue.all.map { Page($0) }

  /// The pages of a name: an invariant and a workload may share one.
  public static func named(_ name: String) -> [Page] { all.filter { $0.name == name } }

  private init(
    kind: String, name: String, summary: String, confirmation: String? = nil,
    contract: String? = nil,
    keys: [FormKey],
    example: String?
  ) {
    self.kind = kind
    self.name = name
    self.summary = summary
    self.confirmation = confirmation
    self.contract = contract
    self.keys = keys
    self.example = example
  }

  private init(_ fault: any Fault.Type) {
    let keys = Form.timing + Form.keys(of: fault)
    self.init(
      kind: fault.isAction ? "action" : "fault", name: fault.name, summary: fault.summary,
      confirmation: fault.confirmation, keys: keys, example: Example.step(fault))
  }

  private init(_ checker: any Checker.Type) {
    self.init(
      kind: "invariant", name: checker.name, summary: checker.summary,
      contract: checker.schema.keys.contains { $0.kind == .bound }
        ? DurationBound.explanation : nil,
      keys: Form.keys(of: checker), example: Example.invariant(checker))
  }

  private init(_ workload: any Workload.Type) {
    self.init(
      kind: "workload", name: workload.kind, summary: workload.summary,
      contract: workload.contract + "\n" + workload.functions.described,
      keys: Form.keys(of: workload), example: Example.workload(workload))
  }

  private init(_ client: any ClientBindings.Type) {
    self.init(
      kind: "client", name: client.client, summary: client.summary, contract: client.contract,
      keys: Form.keys(of: client).flatMap { key in
        key.name == "functions" ? Form.record([key]).flattened() : [key]
      }, example: nil)
  }

  private init(file name: String, _ form: Form) {
    let places = [
      "experiment": "experiments/<stack>/<name>.yaml", "stack": "fixtures/stacks/<name>.yaml",
      "component": "fixtures/components/<name>/component.yaml",
    ]
    self.init(
      kind: "file", name: name, summary: "The keys of \(places[name] ?? name).",
      keys: form.flattened(), example: nil)
  }
}

extension [WorkloadFunction] {
  /// A line a function, with what a binding may name.
  fileprivate var described: String {
    map { function in
      let parts = function.parts.map { "{\($0)}" }.joined(separator: ", ")
      return "\(function.name): \(function.summary)" + (parts.isEmpty ? "" : " Parts: \(parts).")
    }.joined(separator: "\n")
  }
}

extension Form {
  /// Every key with the way to it; of alternatives, the keys that all have.
  func flattened(below path: String = "") -> [FormKey] {
    keys.flatMap { key in
      let name = path + key.name
      let own = FormKey(
        name, key.form, key.summary, default: key.default, isRequired: key.isRequired)
      return [own] + key.form.inner(name)
    }
  }

  private func inner(_ name: String) -> [FormKey] {
    switch self {
    case .list(of: let form): form.flattened(below: name + "[].")
    case .names(of: let form): form.flattened(below: name + ".*.")
    default: flattened(below: name + ".")
    }
  }

  private var keys: [FormKey] {
    switch self {
    case .record(let keys): return keys
    case .either(let forms):
      let records = forms.map(\.keys).filter { !$0.isEmpty }
      guard let first = records.first else { return [] }
      return first.filter { key in
        records.allSatisfy { $0.contains { $0.name == key.name } }
      }.map { key in key.joined(with: records.compactMap { $0.first { $0.name == key.name } }) }
    default: return []
    }
  }

  /// How a page names what may stand there.
  public var text: String {
    switch self {
    case .scalar(let kind): kind.text
    case .record, .one: "mapping"
    case .names: "mapping by name"
    case .list(of: let form): "list of " + form.text
    // A single value counts as a list of one.
    case .either(let forms) where forms.count == 2 && forms[1].text == "list of " + forms[0].text:
      forms[1].text
    case .either(let forms):
      forms.map(\.text).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        .joined(separator: ", or ")
    case .anything: "any"
    }
  }
}

extension FormKey {
  /// One key for alternatives that differ in the words they take.
  fileprivate func joined(with others: [FormKey]) -> FormKey {
    var words: [String] = []
    for other in others {
      guard case .scalar(.choice(let more)) = other.form else { return self }
      words += more.filter { !words.contains($0) }
    }
    return FormKey(name, .scalar(.choice(words)), summary, isRequired: isRequired)
  }
}

extension Schema.Kind {
  fileprivate var text: String {
    switch self {
    case .duration: "duration"
    case .bound: "duration or {p95: …}"
    case .ratio: "share"
    case .integer: "whole number"
    case .count(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .number: "number"
    case .text: "text"
    case .flag: "true or false"
    case .choice(let words): words.joined(separator: " | ")
    case .list(of: let kind): "list of \(kind.text)"
    case .mapping: "mapping"
    }
  }
}
