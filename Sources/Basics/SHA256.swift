/// The hash function SHA-256 (FIPS 180-4), for what a page says of its own parts, and for what tells one
/// campaign from another; nothing secret depends on it.
public enum SHA256 {
  /// The 32 bytes of the hash.
  public static func hash(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
      0x5be0_cd19,
    ]
    let padded = pad(message)
    for block in stride(from: 0, to: padded.count, by: 64) {
      take(padded[block..<block + 64], &state)
    }
    return state.flatMap { bytes($0) }
  }

  /// The hash in hexadecimal digits.
  public static func hex(_ message: [UInt8]) -> String {
    hash(message).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The hash in Base64 (RFC 4648), as a Content-Security-Policy names it.
  public static func base64(_ message: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = hash(message)
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let bits = part.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.1) << UInt32(16 - 8 * $1.0) }
      for place in 0...part.count {
        text.append(alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63])
      }
      text += String(repeating: "=", count: 3 - part.count)
    }
    return text
  }

  /// A one bit, zeros, and the length in bits: whole blocks of 64 bytes.
  private static func pad(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) &* 8
    return padded + bytes(UInt32(truncatingIfNeeded: bits >> 32))
      + bytes(UInt32(truncatingIfNeeded: bits))
  }

  private static func take(_ block: ArraySlice<UInt8>, _ state: inout [UInt32]) {
    let schedule = schedule(block)
    var s = state
    for round in 0..<64 {
      let e = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)
      let choice = (s[4] & s[5]) ^ (~s[4] & s[6])
      let first = s[7] &+ e &+ choice &+ constants[round] &+ schedule[round]
      let a = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)
      let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
      s = [first &+ a &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
    }
    for place in state.indices { state[place] &+= s[place] }
  }

  private static func schedule(_ block: ArraySlice<UInt8>) -> [UInt32] {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      block[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for place in 16..<64 {
      let (early, late) = (words[place - 15], words[place - 2])
      let small = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
      let large = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
      words.append(words[place - 16] &+ small &+ words[place - 7] &+ large)
    }
    return words
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, computed as
  /// the standard defines them.
  private static let constants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { UInt32(truncatingIfNeeded: cubeRoot($0)) }
  }()

  /// The whole part of the cube root of a prime below 2⁹, times 2³².
  private static func cubeRoot(_ prime: UInt64) -> UInt64 {
    var root: UInt64 = 0
    for bit in (0..<36).reversed() {
      let tried = root | 1 << UInt64(bit)
      let square = tried.multipliedFullWidth(by: tried)
      // (tried² / 2⁶⁴ rounded down) is not exact enough; compare tried³ with prime · 2⁹⁶ in full.
      let low = tried.multipliedFullWidth(by: square.low)
      let high = tried.multipliedFullWidth(by: square.high)
      let (middle, carry) = low.high.addingReportingOverflow(high.low)
      let top = high.high + (carry ? 1 : 0)
      if (top, middle) < (0, prime << 32) { root = tried }
    }
    return root
  }
}
