package import Basics
package import Histories

/// How counts and values are put into sentences.
package enum Wording {
  /// `1 value`, `2 values`.
  package static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(plural(noun))"
  }

  /// A noun's plural, by its last letters: `addresses`, `queries`, `replays`.
  private static func plural(_ noun: String) -> String {
    if ["s", "x", "z", "ch", "sh"].contains(where: { noun.hasSuffix($0) }) { return noun + "es" }
    guard noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) else {
      return noun + "s"
    }
    return noun.dropLast() + "ies"
  }

  /// At most `limit` of the values, then an ellipsis: `1042, 1043, …`.
  package static func list(_ values: [Value], _ history: History, limit: Int = 20) -> String {
    let shown = values.prefix(limit).map { history.values.describe($0) }.joined(separator: ", ")
    return values.count > limit ? shown + ", …" : shown
  }

  /// Milliseconds as a person reads them: `4120 ms`.
  package static func milliseconds(_ duration: Duration) -> String {
    Decimal.trimmed(duration.milliseconds, decimals: 1) + " ms"
  }

  /// The same for a time that is kept in nanoseconds.
  package static func milliseconds(_ nanoseconds: Int64) -> String {
    milliseconds(Duration.nanoseconds(nanoseconds))
  }

  /// A share as a percentage.
  package static func share(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "0%" : Decimal.trimmed(100 * Double(part) / Double(whole), decimals: 2) + "%"
  }
}

extension JSON {
  /// At most a thousand of the values, each as itself where JSON can say it.
  package static func values(_ values: [Histories.Value], of history: History) -> JSON {
    .array(values.prefix(1000).map { JSON.value($0, of: history) })
  }

  /// An integer, a text or a symbol's name as itself, `null` for none, all else as a text in EDN.
  package static func value(_ value: Histories.Value, of history: History) -> JSON {
    if value.isNone { return .null }
    if let integer = history.values.integer(value) { return .integer(integer) }
    if let text = history.values.text(value) { return .string(text) }
    return .string(history.values.describe(value))
  }
}
