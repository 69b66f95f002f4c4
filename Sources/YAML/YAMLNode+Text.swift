internal import Basics

extension YAMLNode {
  /// The document as text that reads as the same values again; places, comments and the author's own way of writing
  /// are lost.
  ///
  /// What fits a line stands on one, in braces or brackets; else there is an entry a line.
  public var written: String {
    var lines: [String] = []
    write(to: &lines, indent: "")
    return lines.joined(separator: "\n") + "\n"
  }

  private static var width: Int { 110 }

  private func write(to lines: inout [String], indent: String) {
    switch content {
    case .mapping(let entries) where !entries.isEmpty:
      for entry in entries {
        entry.value.write(behind: indent + entry.keyText + ":", indent, &lines)
      }
    case .sequence(let elements) where !elements.isEmpty:
      for element in elements { element.write(behind: indent + "-", indent, &lines) }
    default: lines.append(indent + onOneLine)
    }
  }

  /// Behind a key or a dash, or below it, further in.
  private func write(behind head: String, _ indent: String, _ lines: inout [String]) {
    var line = head + " " + onOneLine
    // An invariant with settings: a mapping of one mapping.
    if head.hasSuffix("-"), let entry = entries?.first, entries?.count == 1, !entry.value.isSingle {
      line = "\(head) \(entry.keyText): \(entry.value.onOneLine)"
    }
    if isShort || line.count <= Self.width && !indent.isEmpty || isSingle {
      lines.append(line)
    } else {
      lines.append(head)
      write(to: &lines, indent: indent + "  ")
    }
  }

  private var isSingle: Bool { if case .scalar = content { true } else { false } }

  /// A list or a mapping of few single values.
  private var isShort: Bool {
    let parts = elements ?? entries?.map(\.value) ?? []
    return parts.allSatisfy(\.isSingle) && onOneLine.count <= 60
  }

  private var onOneLine: String {
    switch content {
    case .scalar(let text, let isPlain):
      isNull ? "null" : isPlain && Self.mayBePlain(text) ? text : Self.quoted(text)
    case .sequence(let elements):
      "[" + elements.map(\.onOneLine).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\($0.keyText): \($0.value.onOneLine)" }.joined(separator: ", ") + "}"
    }
  }

  /// A text in double quotes: what JSON writes YAML reads (YAML 1.2.2, section 7.3.1).
  fileprivate static func quoted(_ text: String) -> String { JSON.string(text).text() }

  /// Whether a text is the same without quotes, wherever it stands.
  fileprivate static func mayBePlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    let isInner = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_-./%+ ".utf8.contains(byte)
      }
    }
    let atEnds = " %-".utf8
    // A percent sign begins a directive, a dash a list; at the end neither does harm.
    return isInner && !atEnds.contains(first) && last != UInt8(ascii: " ")
  }
}

extension YAMLNode.Entry {
  fileprivate var keyText: String {
    YAMLNode.mayBePlain(key) && !["null", "~"].contains(key) ? key : YAMLNode.quoted(key)
  }
}
