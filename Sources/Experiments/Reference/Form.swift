public import Basics

/// What may stand at one place of a file that a user writes: the source of `faultline explain` and of
/// the JSON Schema that editors read.
public indirect enum Form: Hashable, Sendable {
  /// A single value.
  case scalar(Schema.Kind)
  /// A mapping with these keys and no others.
  case record([FormKey])
  /// A mapping with exactly one of these keys.
  case one(of: [FormKey])
  /// A mapping whose keys are names that the user chooses.
  case names(of: Form)
  /// A list, every entry of this form.
  case list(of: Form)
  /// One of several, each told apart by what it says itself.
  case either([Form])
  /// Whatever the user's own component or stack makes of it.
  case anything
}

/// A key of a mapping, with its meaning.
public struct FormKey: Hashable, Sendable {
  /// The key as it is written in YAML.
  public let name: String
  /// What may stand behind it.
  public let form: Form
  /// One sentence.
  public let summary: String
  /// As it is written in YAML; nil where there is none.
  public let `default`: String?
  /// Whether leaving the key out is an error.
  public let isRequired: Bool

  /// Unless told otherwise the key may be left out, and nothing stands in for it.
  public init(
    _ name: String, _ form: Form, _ summary: String, default: String? = nil,
    isRequired: Bool = false
  ) {
    self.name = name
    self.form = form
    self.summary = summary
    self.default = `default`
    self.isRequired = isRequired
  }

  init(
    _ name: String, _ kind: Schema.Kind, _ summary: String, default: String? = nil,
    isRequired: Bool = false
  ) {
    self.init(
      name, Form(kind), summary, default: `default`, isRequired: isRequired)
  }

  /// A key that a fault, a checker or a workload describes.
  init(_ key: Schema.Key) {
    self.init(
      key.name, key.kind, key.summary, default: key.default, isRequired: key.isRequired)
  }
}

extension Form {
  /// A single value counts as a list of one.
  init(_ kind: Schema.Kind) {
    switch kind {
    case .list(of: let element): self = .either([.scalar(element), .list(of: .scalar(element))])
    case .mapping: self = .names(of: .anything)
    default: self = .scalar(kind)
    }
  }
}
