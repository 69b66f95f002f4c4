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
    default: lines.append(indent + flowText)
    }
  }

  /// Behind a key or a dash, or below it, further in.
  private func write(behind head: String, _ indent: String, _ lines: inout [String]) {
    var line = head + " " + flowText
    // An invariant with settings: a mapping of one mapping.
    if head.hasSuffix("-"), let entry = entries?.first, entries?.count == 1, !entry.value.isSingle {
      line = "\(head) \(entry.keyText): \(entry.value.flowText)"
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
    return parts.allSatisfy(\.isSingle) && flowText.count <= 60
  }
}

extension YAMLNode.Entry {
  fileprivate var keyText: String { YAMLNode.scalar(key) }
}
