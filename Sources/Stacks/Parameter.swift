public import Basics
public import YAML

/// Something a stack or a component lets its user choose.
public struct Parameter: Sendable {
  /// What `--set` and `${name}` call it.
  public let name: String
  /// What a value of it must be.
  public let kind: Schema.Kind
  /// Whether its value is to be seen nowhere: `kind: secret`, a text.
  public let isSecret: Bool
  /// One sentence for a person.
  public let summary: String
  /// As written; nil when the user must choose.
  public let fallback: Choice?
  /// Where it is declared.
  public let mark: Mark

  /// A value as the user wrote it; rendered into files as it stands.
  public struct Choice: Hashable, Sendable {
    /// The parameter that is chosen for.
    public let name: String
    /// The value as written, not yet known to be of the parameter's kind.
    public let text: String
    /// Where it was written: a file, or the command line.
    public let mark: Mark

    /// Where it was written, as an error about a secret may say it: without the value.
    var discreetMark: Mark {
      mark.line == 0 ? Mark(file: "--set \(name)", line: 0) : mark
    }

    /// Neither the name nor the text is checked before a stack is resolved with it.
    public init(_ name: String, _ text: String, at mark: Mark) {
      self.name = name
      self.text = text
      self.mark = mark
    }

    /// From the command line: `--set name=text`.
    public init(set name: String, _ text: String) {
      self.init(name, text, at: Mark(file: "--set \(name)=\(text)", line: 0))
    }
  }
}
