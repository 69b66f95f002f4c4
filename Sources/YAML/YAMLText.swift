internal import Basics

/// Values written as YAML again: what is read of it is the same value, whatever its first author's layout was.
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

  /// As a document: a line for each entry, and for each entry of what lies that deep.
  ///
  /// - Parameter depth: how many levels of mappings and lists have lines of their own.
  public func documentText(depth: Int = 2) -> String {
    lines(depth, indent: "").joined(separator: "\n") + "\n"
  }

  private func lines(_ depth: Int, indent: String) -> [String] {
    switch content {
    case .sequence(let elements) where depth > 0 && !elements.isEmpty:
      elements.map { indent + "- " + $0.flowText }
    case .mapping(let entries) where depth > 0 && !entries.isEmpty:
      entries.flatMap { entry -> [String] in
        let head = indent + Self.scalar(entry.key) + ":"
        guard depth > 1, entry.value.isNested else { return [head + " " + entry.value.flowText] }
        return [head] + entry.value.lines(depth - 1, indent: indent + "  ")
      }
    default: [indent + flowText]
    }
  }

  private var isNested: Bool { !(elements ?? []).isEmpty || !(entries ?? []).isEmpty }

  /// In quotes wherever it might be read as something else.
  private static func scalar(_ text: String, isPlain: Bool = true) -> String {
    if isPlain, text.isEmpty { return "null" }
    let isNullLike = ["", "~", "null"].contains(text)
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
