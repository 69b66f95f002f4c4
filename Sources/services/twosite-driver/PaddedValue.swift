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

  /// What was read as the number that was written. A text that was cut or changed is a negative number, for nobody
  /// writes one: -1 and less, by the place of the first byte that is wrong.
  func plain(_ value: JSON) -> JSON {
    switch value {
    case .string(let kept) where size > 0: .integer(number(of: kept))
    case .array(let values): .array(values.map(plain))
    default: value
    }
  }

  private func number(of kept: String) -> Int64 {
    let number = Int64(kept.prefix { $0 != "." })
    let whole = Array(text(number ?? 0).utf8)
    let wrong = zip(kept.utf8, whole).enumerated().first { $1.0 != $1.1 }?.offset
    if wrong == nil, kept.utf8.count == whole.count, let number { return number }
    return -1 - Int64(wrong ?? min(kept.utf8.count, whole.count))
  }

  private func text(_ number: Int64) -> String {
    let digits = String(number)
    return digits + String(repeating: ".", count: max(0, size - digits.utf8.count))
  }
}
