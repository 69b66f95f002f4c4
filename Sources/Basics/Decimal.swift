/// Numbers as a person writes them, the same in every locale.
public enum Decimal {
  /// At most `decimals` decimals, without trailing zeros: `1.5`, `20`, `-0.25`.
  public static func trimmed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 0x1p62 else { return "\(value)" }
    let whole = Int64(scaled)
    let unit = Int64(scale)
    var text = String(whole / unit)
    var fraction = String(whole % unit)
    fraction = String(repeating: "0", count: decimals - min(decimals, fraction.count)) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    if !fraction.isEmpty { text += "." + fraction }
    return value < 0 && whole != 0 ? "-" + text : text
  }
}
