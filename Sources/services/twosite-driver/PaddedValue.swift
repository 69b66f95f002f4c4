import Basics

/// Numbers as long texts, so that what a store keeps is large: `7` is `7` and dots up to so many bytes.
struct PaddedValue {
  /// How many bytes; a number stays one where this is 0.
  let size: Int

  /// A number, or each number of a list, as the store keeps it.
  func padded(_ value: JSON) -> JSON {
    switch value {
    case .integer(let number) where size > 0: .string(text(number))
    case .array(let values): .array(values.map(padded))
    default: value
    }
  }

  /// What was read as the number that was written; anything else, a text that was cut among it, stays what it is.
  func plain(_ value: JSON) -> JSON {
    switch value {
    case .string(let kept):
      Int64(kept.prefix { $0 != "." }).flatMap { text($0) == kept ? .integer($0) : nil } ?? value
    case .array(let values): .array(values.map(plain))
    default: value
    }
  }

  private func text(_ number: Int64) -> String {
    let digits = String(number)
    return digits + String(repeating: ".", count: max(0, size - digits.utf8.count))
  }
}
