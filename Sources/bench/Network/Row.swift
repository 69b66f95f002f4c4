import Basics
import Glibc

/// One line of figures with what was aimed at beside them.
enum Row {
  static func print(_ name: String, _ value: String, _ ratio: String = "", aim: String) {
    Swift.print(padded(name, 62) + padded(value, 18) + padded(ratio, 20) + aim)
    // Seen as they come, in a file, too.
    fflush(nil)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }

  /// The value that this share of them does not exceed.
  static func percentile(_ share: Double, of values: [Double]) -> Double {
    let sorted = values.sorted()
    let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return sorted.isEmpty ? .nan : sorted[max(0, min(sorted.count - 1, rank))]
  }

  /// The median, and between which bounds the rounds lay.
  static func spread(_ values: [Double]) -> String {
    let (low, high) = (values.min() ?? .nan, values.max() ?? .nan)
    return "\(decimal(median(values), 2)) (\(decimal(low, 2))-\(decimal(high, 2)))"
  }

  static func gigabits(_ bytesPerSecond: Double) -> String {
    decimal(bytesPerSecond * 8 / 1e9, 2) + " Gbit/s"
  }

  static func micros(_ nanoseconds: Double) -> String { decimal(nanoseconds / 1e3, 1) + " us" }

  static func micros(_ duration: Duration?) -> String {
    duration.map { micros(Double($0.nanoseconds)) } ?? "none"
  }

  static func percent(_ share: Double) -> String { decimal(share * 100, 2) + " %" }

  static func decimal(_ value: Double, _ places: Int) -> String {
    Decimal.trimmed(value, decimals: places)
  }
}
