/// The stream cipher ChaCha20 (RFC 8439, section 2.4).
struct ChaCha20: Sendable {
  private let start: [UInt32]

  /// - Parameters:
  ///   - key: 32 bytes.
  ///   - nonce: 12 bytes, never twice under one key.
  init(key: [UInt8], nonce: [UInt8]) {
    precondition(key.count == 32 && nonce.count == 12)
    let constants: [UInt32] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]
    start = constants + Self.words(key) + [0] + Self.words(nonce)
  }

  /// The 64 bytes of key stream of one block.
  func block(_ counter: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    for word in words(counter) {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// Encrypts, or decrypts, with the key stream from block 1 on.
  func combine(_ bytes: inout [UInt8]) {
    var counter: UInt32 = 1
    for start in stride(from: 0, to: bytes.count, by: 64) {
      let key = block(counter)
      for place in start..<min(start + 64, bytes.count) { bytes[place] ^= key[place - start] }
      counter += 1
    }
  }

  private func words(_ counter: UInt32) -> [UInt32] {
    var state = start
    state[12] = counter
    let first = state
    state.withUnsafeMutableBufferPointer { s in
      for _ in 0..<10 {
        for column in 0..<4 { Self.quarter(s, column, column + 4, column + 8, column + 12) }
        Self.quarter(s, 0, 5, 10, 15)
        Self.quarter(s, 1, 6, 11, 12)
        Self.quarter(s, 2, 7, 8, 13)
        Self.quarter(s, 3, 4, 9, 14)
      }
      for place in 0..<16 { s[place] &+= first[place] }
    }
    return state
  }

  private static func quarter(
    _ s: UnsafeMutableBufferPointer<UInt32>, _ a: Int, _ b: Int, _ c: Int, _ d: Int
  ) {
    mix(s, a, b, d, 16)
    mix(s, c, d, b, 12)
    mix(s, a, b, d, 8)
    mix(s, c, d, b, 7)
  }

  private static func mix(
    _ s: UnsafeMutableBufferPointer<UInt32>, _ sum: Int, _ addend: Int, _ turned: Int, _ by: UInt32
  ) {
    s[sum] &+= s[addend]
    let word = s[turned] ^ s[sum]
    s[turned] = word << by | word >> (32 - by)
  }

  private static func words(_ bytes: [UInt8]) -> [UInt32] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
    }
  }
}
