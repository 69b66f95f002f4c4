/// What every name that a file sets must look like: a node's, a component's, a workload's, all alike.
///
/// Such a name becomes a part of a path, a host name, a cgroup, a label or an argument of a command, so
/// it has nothing in it that any of these would take for something else.
public enum NamePattern {
  /// In characters, which are bytes too; a host name may not be longer (RFC 1035, 2.3.4).
  public static let longest = 63

  /// The same for readers of JSON Schema.
  public static let expression = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$"

  /// What is expected, as the end of a sentence.
  public static let words =
    "1 to \(longest) letters, digits, '-' and '_', the first of them no '-'"

  /// Whether a text may be a name.
  public static func accepts(_ text: String) -> Bool {
    let bytes = text.utf8
    guard (1...longest).contains(bytes.count), bytes.first != UInt8(ascii: "-") else {
      return false
    }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  /// What is wrong with a name; nil when nothing is.
  ///
  /// - Parameter what: whose name it is, with an article: `a node`.
  public static func refusal(of text: String, for what: String) -> String? {
    accepts(text) ? nil : "the name of \(what) is \(words), not '\(shown(text))'"
  }

  /// A text that may be long or have control characters in it, for a message.
  private static func shown(_ text: String) -> String {
    let plain = text.unicodeScalars.prefix(longest).map { scalar in
      scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "\u{fffd}" : Character(scalar)
    }
    return String(plain) + (text.unicodeScalars.count > longest ? "…" : "")
  }
}
