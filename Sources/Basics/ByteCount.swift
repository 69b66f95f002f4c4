/// A number of bytes as people write it.
public enum ByteCount {
  private static let units: [(letter: Character, bytes: Int)] = [
    ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10),
  ]

  /// Reads `500M`, `2G`, `64K` (powers of 1024; `500MiB` is the same) or a number of bytes; nil for
  /// anything else, and for what is not positive.
  public static func read(_ written: String) -> Int? {
    let text = written.hasSuffix("iB") ? String(written.dropLast(2)) : written
    if text != written, text.last?.isLetter != true { return nil }
    guard let last = text.last else { return nil }
    let unit = units.first { String($0.letter) == last.uppercased() }
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else {
      return nil
    }
    let product = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
    return product.overflow ? nil : product.partialValue
  }

  /// As `read` takes it, in the largest unit that says it exactly.
  public static func text(_ bytes: Int) -> String {
    guard let unit = units.first(where: { bytes > 0 && bytes % $0.bytes == 0 }) else {
      return "\(bytes)"
    }
    return "\(bytes / unit.bytes)\(unit.letter)"
  }
}
