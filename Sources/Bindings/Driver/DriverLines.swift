/// Cuts what a driver writes into lines.
public struct DriverLines: Sendable {
  private var rest: [UInt8] = []
  /// A line is longer than any may be; nothing more is taken.
  public private(set) var isTooLong = false

  /// Begins without a line.
  public init() {}

  /// The lines that are whole now, without their line feeds; empty ones are left out.
  public mutating func take(_ bytes: [UInt8]) -> [String] {
    guard !isTooLong else { return [] }
    var lines: [String] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      rest += bytes[start..<end]
      guard rest.count <= DriverAnswer.longest else { return refuse(lines) }
      if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
      rest.removeAll(keepingCapacity: true)
      start = end + 1
    }
    rest += bytes[start...]
    return rest.count > DriverAnswer.longest ? refuse(lines) : lines
  }

  private mutating func refuse(_ lines: [String]) -> [String] {
    isTooLong = true
    rest = []
    return lines
  }
}
