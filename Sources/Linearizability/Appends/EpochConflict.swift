import Checking
import Histories

/// Why a key that texts are appended to has no order.
struct EpochConflict {
  let kind: String
  let summary: String
  let operations: [Int32]

  private init(_ kind: String, _ key: Value, _ sentence: String, _ ops: [Int32], _ values: Values) {
    self.kind = kind
    summary = (key.isNone ? "" : "key \(values.describe(key)): ") + sentence
    operations = Set(ops).sorted()
  }

  var evidence: Evidence {
    Evidence(kind: kind, summary: summary, operations: operations.map { Int($0) })
  }

  /// The end of a text, which tells it from the others.
  private static func tail(_ text: Value, _ values: Values) -> String {
    let whole = values.text(text) ?? ""
    return whole.count <= 40 ? "\"\(whole)\"" : "\"…\(whole.suffix(39))\""
  }

  static func unwritten(_ key: Value, _ get: TextCalls.Call, _ values: Values) -> Self {
    Self(
      "unwritten", key,
      "\(tail(get.text, values)) was read, which no puts and appends of texts make up",
      [get.operation], values)
  }

  static func divergent(
    _ key: Value, _ a: TextCalls.Call, _ b: TextCalls.Call, _ values: Values
  ) -> Self {
    Self(
      "contradictory order", key,
      "\(tail(a.text, values)) and \(tail(b.text, values)) were read, which show one put with "
        + "different appends after it",
      [a.operation, b.operation], values)
  }

  static func seenTwice(
    _ key: Value, _ append: TextCalls.Call, _ gets: [TextCalls.Call], _ values: Values
  ) -> Self {
    Self(
      "seen twice", key,
      "\(tail(append.text, values)) was appended once and read at two places",
      [append.operation] + gets.map(\.operation), values)
  }

  static func early(
    _ key: Value, _ late: Int32, _ began: Int32, _ witness: Int32, _ values: Values
  ) -> Self {
    Self(
      "contradictory order", key,
      "operation \(late) completed before operation \(began) began, but what operation \(witness) "
        + "read puts it after", [late, began, witness], values)
  }

  static func overlap(_ key: Value, _ a: EpochZone, _ b: EpochZone, _ values: Values) -> Self {
    Self(
      "contradictory order", key, "two puts must each have overwritten the other",
      a.bounds + b.bounds, values)
  }

  static func inside(_ key: Value, _ outer: EpochZone, _ inner: EpochZone, _ values: Values) -> Self
  {
    Self(
      "stale", key,
      "what was put or appended was made only while reads before and after show another put "
        + "without it", outer.bounds + inner.bounds, values)
  }
}
