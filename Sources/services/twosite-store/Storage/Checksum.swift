/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which finds every flip of up to three bits in a
/// record.
enum Checksum {
  /// The checksum of the bytes, or of what `before` is the checksum of with the bytes behind it.
  static func of(_ bytes: some Sequence<UInt8>, after before: UInt32 = 0) -> UInt32 {
    ~update(~before, bytes)
  }

  /// Whether one flipped bit in `bytes`, or one in the checksum, explains the difference between
  /// the checksum they should have and the one they have. A CRC is linear: the difference depends
  /// on the flipped bit's place alone.
  static func isOneFlipAway(_ bytes: ArraySlice<UInt8>, from expected: UInt32) -> Bool {
    let difference = of(bytes) ^ expected
    if difference.nonzeroBitCount == 1 { return true }
    var register = (0..<8).map { step(1 << $0) }
    for _ in bytes {
      if register.contains(difference) { return true }
      register = register.map { step($0) }
    }
    return false
  }

  private static func update(_ start: UInt32, _ bytes: some Sequence<UInt8>) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      bytes.reduce(start) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
  }

  /// The register after one more byte of zeros.
  private static func step(_ register: UInt32) -> UInt32 {
    table[Int(register & 255)] ^ register >> 8
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0x82f6_3b78 ^ sum >> 1 : sum >> 1 }
  }
}
