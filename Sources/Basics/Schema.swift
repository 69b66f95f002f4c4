/// What a checker, a fault or a workload may be told: its keys, their kinds and their meaning.
///
/// One description serves three readers: the experiment parser (which validates against it), the
/// command line (`check --set key=value`) and the pages that list what exists.
public struct Schema: Sendable {
  /// In the order they are shown in.
  public let keys: [Key]

  /// That of what takes no settings.
  public static let empty = Schema([])

  /// The caller promises that no two keys have the same name.
  public init(_ keys: [Key]) { self.keys = keys }

  /// The key of that name; nil when it is unknown.
  public func key(named name: String) -> Key? { keys.first { $0.name == name } }

  /// One thing that may be set.
  public struct Key: Sendable {
    /// As it is written in YAML and behind `--set`.
    public let name: String
    /// What its value must be.
    public let kind: Kind
    /// One sentence, for a person: what it means, in which unit, and what happens without it
    /// where there is no `default`.
    public let summary: String
    /// What holds when the key is left out, as it is written in YAML (`1s`, `5%`, `false`); nil
    /// where there is no such value.
    public let `default`: String?
    /// Whether leaving the key out is an error.
    public let isRequired: Bool
    /// What an example says, where any value of the kind would not do; nil where it would.
    public let example: String?
    /// Values worth trying, from mild to harsh, as they are written in YAML: each strong enough to be seen within
    /// seconds. Empty where nobody can tell without knowing the stack, or where the default will do.
    public let samples: [String]

    /// The caller promises that `default`, `example` and `samples` are of the key's own kind.
    public init(
      _ name: String, _ kind: Kind, _ summary: String, default: String? = nil,
      isRequired: Bool = false, example: String? = nil, samples: [String] = []
    ) {
      self.name = name
      self.kind = kind
      self.summary = summary
      self.default = `default`
      self.isRequired = isRequired
      self.example = example
      self.samples = samples
    }
  }

  /// What a value must be; `read` tells how each is written.
  public indirect enum Kind: Hashable, Sendable {
    /// Single values; `ratio` is from 0 to 1, `flag` is true or false. A `duration` is at most
    /// `Schema.longest`, and the magnitude of an `integer` or a `number` at most `Schema.greatest`: so
    /// whatever is made of a few of them fits 64 bits.
    case duration, ratio, integer, number, text, flag
    /// A whole number within bounds.
    case count(ClosedRange<Int64>)
    /// A bound on a time: a duration, or of many runs a mapping as `DurationBound.explanation` has it.
    case bound
    /// A text that is one of these words.
    case choice([String])
    /// Any number of values of this kind; in a file, a single one stands for a list of one.
    case list(of: Kind)
    /// A nested mapping; its keys are read by the owner, not checked here.
    case mapping
  }
}

/// A validated value of a schema's key.
public indirect enum Setting: Hashable, Sendable {
  /// Of kind `duration`; of kind `bound` where it is of each run alone.
  case duration(Duration)
  /// Of kind `bound` where it is of many runs.
  case bound(DurationBound)
  /// Of kind `ratio`, from 0 to 1.
  case ratio(Ratio)
  /// Of kind `integer` or `count`.
  case integer(Int64)
  /// Of kind `number`.
  case number(Double)
  /// Of kind `text` or `choice`.
  case text(String)
  /// Of kind `flag`.
  case flag(Bool)
  /// Of kind `list`, in the order written.
  case list([Setting])
  /// Of kind `mapping`, not validated; read from a file, every scalar in it is a text.
  case mapping([String: Setting])
}

extension Schema {
  /// The longest duration that may be set: a run is over within a day.
  public static let longest = Duration.seconds(24 * 3600)
  /// The greatest magnitude that a number may have: 15 digits, which a `Double` holds exactly.
  public static let greatest: Int64 = 999_999_999_999_999
}

extension Schema.Kind {
  /// Reads one scalar; nil when the text is not of this kind. Lists read one element.
  public func read(_ text: String) -> Setting? {
    switch self {
    case .duration, .bound:
      Duration(text: text).flatMap { $0 <= Schema.longest ? .duration($0) : nil }
    case .ratio: Ratio(text: text).map { .ratio($0) }
    case .integer: Schema.Kind.count(-Schema.greatest...Schema.greatest).read(text)
    case .count(let range): Int64(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .number:
      // What is not a number lies within no bounds.
      Double(text).flatMap { $0.magnitude <= Double(Schema.greatest) ? .number($0) : nil }
    case .text: .text(text)
    case .flag: ["true": .flag(true), "false": .flag(false)][text]
    case .choice(let words): words.contains(text) ? .text(text) : nil
    case .list(of: let kind): kind.read(text).map { .list([$0]) }
    case .mapping: nil
    }
  }

  /// How an error message names what was expected.
  public var expectation: String {
    switch self {
    case .duration: "a duration such as 500ms or 2s, at most 24h"
    case .bound:
      "a duration such as 500ms or 2s, at most 24h, or in a file, of many runs, {p95: 3s, confidence: 95%}"
    case .ratio: "a share such as 1% or 0.01"
    case .integer: "a whole number of at most 15 digits"
    case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number: "a number up to 10^15"
    case .text: "a text"
    case .flag: "true or false"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .list(of: let kind): "a list, each entry \(kind.expectation)"
    case .mapping: "a mapping"
    }
  }
}
