internal import Glibc

/// Sizes of memory.
public enum Memory {
  /// The most memory this process has had in use at once.
  public static var peakBytes: Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// Reads `500M`, `2G`, `64K` or a number of bytes; nil for anything else.
  public static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last else { return nil }
    let unit = units[Character(last.uppercased())]
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else {
      return nil
    }
    let product = number.multipliedReportingOverflow(by: unit ?? 1)
    return product.overflow ? nil : product.partialValue
  }
}
