/// The one-time authenticator Poly1305 (RFC 8439, section 2.5): a polynomial modulo 2¹³⁰ − 5, in
/// five limbs of 26 bits.
enum Poly1305 {
  private static let mask: UInt64 = (1 << 26) - 1

  /// The tag of 16 bytes.
  ///
  /// - Parameter key: 32 bytes, of which each is used once.
  static func tag(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    let clamp: [UInt8] = [
      255, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15,
    ]
    let r = limbs(zip(key.prefix(16), clamp).map { $0 & $1 } + [0])
    var sum: [UInt64] = [0, 0, 0, 0, 0]
    for start in stride(from: 0, to: message.count, by: 16) {
      var block = Array(message[start..<min(start + 16, message.count)]) + [1]
      block += [UInt8](repeating: 0, count: 17 - block.count)
      for (place, limb) in limbs(block).enumerated() { sum[place] += limb }
      sum = product(sum, r)
    }
    return finish(sum, key)
  }

  /// Seventeen bytes, the lowest first, as limbs.
  private static func limbs(_ bytes: [UInt8]) -> [UInt64] {
    func word(_ start: Int, _ shift: UInt64) -> UInt64 {
      let low = (0..<4).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
      return low >> shift & mask
    }
    let top = UInt64(bytes[16]) << 24
    return [word(0, 0), word(3, 2), word(6, 4), word(9, 6), word(12, 8) | top]
  }

  private static func product(_ h: [UInt64], _ r: [UInt64]) -> [UInt64] {
    var d: [UInt64] = [0, 0, 0, 0, 0]
    for first in 0..<5 {
      for second in 0..<5 {
        // 2¹³⁰ is 5.
        let factor: UInt64 = first + second >= 5 ? 5 : 1
        d[(first + second) % 5] += h[first] * r[second] * factor
      }
    }
    carry(&d)
    return d
  }

  private static func carry(_ d: inout [UInt64]) {
    for place in 0..<4 {
      d[place + 1] += d[place] >> 26
      d[place] &= mask
    }
    d[0] += (d[4] >> 26) * 5
    d[4] &= mask
    d[1] += d[0] >> 26
    d[0] &= mask
  }

  /// The remainder, plus the second half of the key, modulo 2¹²⁸.
  private static func finish(_ sum: [UInt64], _ key: [UInt8]) -> [UInt8] {
    var h = sum
    carry(&h)
    carry(&h)
    var reduced = h
    reduced[0] += 5
    for place in 0..<4 {
      reduced[place + 1] += reduced[place] >> 26
      reduced[place] &= mask
    }
    if reduced[4] >> 26 > 0 {
      reduced[4] &= mask
      h = reduced
    }
    var carried: UInt64 = 0
    return (0..<16).map { byte in
      let value = (0..<8).reduce(UInt64(0)) { value, bit in
        let place = byte * 8 + bit
        return value | (h[place / 26] >> UInt64(place % 26) & 1) << UInt64(bit)
      }
      carried += value + UInt64(key[16 + byte])
      defer { carried >>= 8 }
      return UInt8(truncatingIfNeeded: carried)
    }
  }
}
