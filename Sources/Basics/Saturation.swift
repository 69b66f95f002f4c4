/// Arithmetic for numbers that others chose: it ends at the largest number instead of the program.
extension Int64 {
  /// The whole number next to it towards zero; the nearest there is beyond the range, 0 for NaN.
  public init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else {
      self = value >= 0x1p63 ? .max : value <= -0x1p63 ? .min : Int64(value)
    }
  }

  /// The sum, or the nearest number there is.
  public func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the nearest number there is.
  public func saturatingSubtract(_ other: Int64) -> Int64 {
    let (difference, isOver) = subtractingReportingOverflow(other)
    return isOver ? (other < 0 ? .max : .min) : difference
  }
}
