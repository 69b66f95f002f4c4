public import Basics

extension MAC {
  /// Reads six bytes at `offset`; the caller promises that they are there.
  @inlinable public init(reading bytes: RawSpan, at offset: Int) {
    self.init(
      bits: UInt64(bytes.uint32(at: offset)) << 16 | UInt64(bytes.uint16(at: offset + 4)))
  }
}
