internal import Basics
internal import Checking
internal import Checkers
internal import Faults
internal import Workloads

/// The shortest entry that a file may have of something, made from its schema.
enum Example {
  static func step(_ fault: any Fault.Type) -> String {
    var fields = ["at: 2s", "\(fault.isAction ? "action" : "fault"): \(fault.name)"]
    switch fault.aim {
    case .everything: break
    case .nodes:
      fields.append(
        "target: {\(fault.drawsOrder || fault.reachesSpares ? "role: database" : "node: db-a")}")
    case .instances, .nodesOrInstances:
      fields += ["target: {node: db-a}", "component: database"]
    case .path: fields.append("between: [{site: a}, {site: b}]")
    }
    if !fault.isAction { fields.append("for: 4s") }
    fields += settings(of: fault).map { "\($0.key): \($0.text)" }
    return "- {\(fields.joined(separator: ", "))}"
  }

  /// What a fault must be told, with values that make sense wherever any do.
  static func settings(of fault: any Fault.Type) -> [Sample] {
    samples(of: fault.schema) { settings in
      do throws(FaultSettingsError) { _ = try fault.init(settings) } catch { return error.key }
      return nil
    }
  }

  /// A key that must be said, and what an example says.
  struct Sample {
    let key: String
    let text: String
    /// It only shows the form: what is right depends on the stack.
    let isPlaceholder: Bool
  }

  static func invariant(_ checker: any Checker.Type) -> String {
    var fields = checker.schema.key(named: "workload") == nil ? [] : ["workload: orders"]
    fields += required(checker.schema) { settings in
      do throws(SettingsError) { _ = try checker.init(settings) } catch { return error.key }
      return nil
    }
    return "- \(checker.name)" + (fields.isEmpty ? "" : ": {\(fields.joined(separator: ", "))}")
  }

  static func workload(_ kind: any Workload.Type) -> String {
    let fields =
      ["kind: \(kind.kind)", "service: orders", "rate: 50/s", "clients: 4", "from: {role: client}"]
      + required(kind.schema) { settings in
        do throws(WorkloadError) { _ = try kind.init(settings) } catch { return error.key }
        return nil
      }
    return "orders: {\(fields.joined(separator: ", "))}"
  }

  /// The keys that must be said: those the schema requires, and those it takes to make sense.
  private static func required(
    _ schema: Schema, wrongKey: (Settings) -> String?
  ) -> [String] {
    samples(of: schema, wrongKey: wrongKey).map { "\($0.key): \($0.text)" }
  }

  private static func samples(
    of schema: Schema, wrongKey: (Settings) -> String?
  ) -> [Sample] {
    var settings = Settings.none
    var keys = schema.keys.filter(\.isRequired)
    for key in keys { settings[key.name] = key.kind.read(sample(key)) }
    var written = Dictionary(keys.map { ($0.name, sample($0)) }) { first, _ in first }
    while let name = wrongKey(settings), let key = schema.key(named: name),
      let text = written[name] == nil ? sample(key) : another(key, after: written[name]),
      text != written[name]
    {
      settings[name] = key.kind.read(text)
      if written[name] == nil { keys.append(key) }
      written[name] = text
    }
    return keys.map { key in
      let text = written[key.name] ?? ""
      let isTold = key.example != nil || key.default != nil
      let isOpen = if case .count = key.kind { true } else { text == sample(.text) }
      return Sample(key: key.name, text: text, isPlaceholder: isOpen && !isTold)
    }
  }

  /// Another value, where a word is not what is meant: a time, or else a share.
  private static func another(_ key: Schema.Key, after text: String?) -> String? {
    guard key.kind == .text, text != "5%" else { return nil }
    return text == "5s" ? "5%" : "5s"
  }

  private static func sample(_ key: Schema.Key) -> String {
    if let text = key.example ?? key.default { return text }
    return sample(key.kind)
  }

  private static func sample(_ kind: Schema.Kind) -> String {
    switch kind {
    case .duration, .bound: "2s"
    case .ratio: "5%"
    case .integer, .number: "1"
    case .count(let range): "\(range.lowerBound)"
    case .text: "x"
    case .flag: "true"
    case .choice(let words): words.first ?? ""
    case .list(of: let kind): sample(kind)
    case .mapping: "{}"
    }
  }
}
