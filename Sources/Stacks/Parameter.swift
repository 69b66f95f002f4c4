public import Basics
public import YAML

/// Something a stack or a component lets its user choose.
public struct Parameter: Sendable {
  public let name: String
  public let kind: Schema.Kind
  /// One sentence for a person.
  public let summary: String
  /// As written; nil when the user must choose.
  public let fallback: Choice?
  public let mark: Mark

  /// A value as the user wrote it; rendered into files as it stands.
  public struct Choice: Hashable, Sendable {
    public let name: String
    public let text: String
    public let mark: Mark

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
