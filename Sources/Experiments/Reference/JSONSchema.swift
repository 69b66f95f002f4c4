public import Basics

/// A form as JSON Schema, draft 2020-12, for editors.
public enum JSONSchema {
  /// The files that a user writes, by what they are called.
  public static let files: [(name: String, form: Form, isTemplated: Bool)] = [
    ("experiment", .experiment, false), ("stack", .stack, true), ("component", .component, true),
  ]

  /// The whole document.
  ///
  /// - Parameter isTemplated: values may be `${…}`, and a list's entries may have conditions.
  public static func document(_ name: String, _ form: Form, isTemplated: Bool) -> JSON {
    let head: [JSON.Member] = [
      .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
      .init("title", .string("Faultline \(name)")),
    ]
    let writer = Writer(isTemplated: isTemplated)
    let body = writer.members(form)
    return .object(head + body + [.init("$defs", .object(writer.shared))])
  }
}

/// Large forms stand once, under `$defs`, and are referred to: a workload's client is the same in each kind of workload.
private final class Writer {
  let isTemplated: Bool
  /// What has been written under `$defs`, in order.
  private(set) var shared: [JSON.Member] = []
  private var names: [Form: String] = [:]

  init(isTemplated: Bool) { self.isTemplated = isTemplated }

  func members(_ form: Form) -> [JSON.Member] {
    switch form {
    case .scalar(let kind): scalar(kind)
    case .record(let keys): record(keys)
    case .one(of: let keys):
      record(keys) + [.init("minProperties", 1), .init("maxProperties", 1)]
    case .names(of: .anything):
      [.init("type", "object"), .init("additionalProperties", [:])]
    case .names(of: let form):
      [
        .init("type", "object"),
        .init("propertyNames", ["pattern": .string(NamePattern.expression)]),
        .init("additionalProperties", json(form)),
      ]
    case .list(of: let form): [.init("type", "array"), .init("items", element(form))]
    case .either(let forms): [.init("anyOf", .array(forms.map { json($0) }))]
    case .anything: []
    }
  }

  private func json(_ form: Form) -> JSON { .object(reference(form)) }

  /// The members of a form, or where it is large the reference to it.
  private func reference(_ form: Form) -> [JSON.Member] {
    guard form.isLarge else { return members(form) }
    if names[form] == nil {
      let name = "form-\(names.count + 1)"
      names[form] = name
      // Those inside come first.
      let body = JSON.object(members(form))
      shared.append(.init(name, body))
    }
    return [.init("$ref", .string("#/$defs/\(names[form] ?? "")"))]
  }

  private func record(_ keys: [FormKey]) -> [JSON.Member] {
    let required = keys.filter(\.isRequired).map(\.name)
    return [
      .init("type", "object"),
      .init("properties", .object(keys.map { JSON.Member($0.name, property($0)) })),
      .init("additionalProperties", false),
    ] + (required.isEmpty ? [] : [.init("required", .strings(required))])
  }

  private func property(_ key: FormKey) -> JSON {
    var members: [JSON.Member] = [.init("description", .string(key.summary))]
    if let text = key.default { members.append(.init("default", value(text, key.form))) }
    let own = reference(key.form)
    guard !key.isRequired else { return .object(members + own) }
    // A key without a value is as good as none.
    return .object(members + [.init("anyOf", [.object(own), ["type": "null"]])])
  }

  /// A default as the kind of JSON value that YAML makes of it.
  private func value(_ text: String, _ form: Form) -> JSON {
    switch form {
    case .scalar(.integer), .scalar(.count): Int64(text).map { .integer($0) } ?? .string(text)
    case .scalar(.number): Double(text).map { .number($0) } ?? .string(text)
    case .scalar(.flag): .bool(text == "true")
    default: .string(text)
    }
  }

  /// In a templated list an entry may stand only where a condition holds.
  private func element(_ form: Form) -> JSON {
    guard isTemplated else { return json(form) }
    let condition = FormKey("if", .scalar(.text), "The condition under which it stands.")
    let wrapped = Form.record([condition, FormKey("run", form, "What stands here then.")])
    guard case .record(let keys) = form else {
      return ["anyOf": [json(form), json(wrapped)]]
    }
    return ["anyOf": [json(.record([condition] + keys)), json(wrapped)]]
  }
}

extension Form {
  /// Whether it takes more room than a reference to it.
  fileprivate var isLarge: Bool {
    switch self {
    case .scalar, .anything, .names, .list: false
    case .record(let keys), .one(of: let keys): keys.count > 2
    case .either(let forms): forms.count > 3
    }
  }
}

extension Writer {
  private func scalar(_ kind: Schema.Kind) -> [JSON.Member] {
    switch kind {
    case .duration:
      [.init("type", ["string", "integer"])]
        + pattern("^([0-9.]+(ns|us|µs|ms|s|m|min|h)|0)$") + [.init("maximum", 0)]
    case .bound: [.init("anyOf", [json(.scalar(.duration)), overRuns])]
    case .ratio:
      [.init("type", ["string", "number"])] + pattern("^[0-9.]+%?$")
        + [.init("minimum", 0), .init("maximum", 1)]
    case .integer: scalar(.count(-Schema.greatest...Schema.greatest))
    case .count(let range):
      [.init("type", ["integer", "string"])] + pattern("^[+-]?[0-9]+$")
        + bounds(range.lowerBound, range.upperBound)
    case .number:
      [.init("type", ["number", "string"])] + pattern("^[+-]?[0-9.eE+-]+$")
        + bounds(-Schema.greatest, Schema.greatest)
    case .flag: [.init("type", ["boolean", "string"])] + pattern("^(true|false)$")
    case .text: [.init("type", ["string", "number", "boolean"])]
    case .choice(let words): choice(words)
    case .list(of: let kind):
      [.init("anyOf", [json(.scalar(kind)), json(.list(of: .scalar(kind)))])]
    case .mapping: [.init("type", "object")]
    }
  }

  /// A bound of many runs: `{p95: 3s, confidence: 95%}`.
  private var overRuns: JSON {
    let confidence = FormKey(
      "confidence", .ratio, "How sure that must be, one-sided; 50% to 99.9%.",
      default: DurationBound.usualConfidence.description)
    let most = FormKey(
      "at-most", .duration, "Besides, what no run may exceed; without it, whatever it takes.")
    return [
      "type": "object",
      "properties": ["at-most": property(most), "confidence": property(confidence)],
      "patternProperties": [
        "^p[0-9]+([.][0-9]+)?$": [
          "description": "What so many of 100 runs do not exceed, p1 to p99.9.",
          "anyOf": [json(.scalar(.duration))],
        ]
      ],
      "additionalProperties": false,
    ]
  }

  private func bounds(_ least: Int64, _ greatest: Int64) -> [JSON.Member] {
    [.init("minimum", .integer(least)), .init("maximum", .integer(greatest))]
  }

  private func choice(_ words: [String]) -> [JSON.Member] {
    let words: JSON = ["enum": .strings(words)]
    guard isTemplated else { return [.init("enum", words["enum"] ?? .null)] }
    return [.init("anyOf", [words, ["type": "string", "pattern": "[$][{]"]])]
  }

  private func pattern(_ text: String) -> [JSON.Member] {
    [.init("pattern", .string(isTemplated ? text + "|[$][{]" : text))]
  }
}
