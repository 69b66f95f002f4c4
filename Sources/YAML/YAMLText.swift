internal import Basics

/// Values written as YAML again, on one line: what is read of it is the same value.
extension YAMLNode {
  /// On one line, as it may stand inside of brackets: `{fault: kill, target: {node: web}}`.
  public var flowText: String {
    switch content {
    case .scalar(let text, let isPlain): Self.scalar(text, isPlain: isPlain)
    case .sequence(let elements): "[" + elements.map(\.flowText).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\(Self.scalar($0.key)): \($0.value.flowText)" }.joined(separator: ", ")
        + "}"
    }
  }

  /// In quotes wherever it might be read as something else.
  static func scalar(_ text: String, isPlain: Bool = true) -> String {
    let isNullLike = ["", "~", "null"].contains(text)
    if isPlain, isNullLike { return "null" }
    guard isHarmless(text), isPlain || !isNullLike else { return JSON.string(text).text() }
    return text
  }

  /// Letters, digits and what means nothing to YAML wherever it stands.
  private static func isHarmless(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
      return false
    }
    func isWord(_ one: Unicode.Scalar) -> Bool {
      one.isASCII && (one.properties.isAlphabetic || ("0"..."9").contains(one))
    }
    return (isWord(first) || "/.+_$".unicodeScalars.contains(first)) && last != " "
      && text.unicodeScalars.allSatisfy {
        isWord($0) || " -_./%+$;()~=".unicodeScalars.contains($0)
      }
  }
}
