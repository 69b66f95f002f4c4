/// The ones' complement sum that IP, TCP, UDP and ICMP protect themselves with (RFC 1071).
///
/// The sum is kept in the machine's own byte order, as section 2 (B) of the RFC allows: only the
/// bytes that are finally stored matter, and they come out right without a swap per word.
public struct InternetChecksum: Sendable {
  private var sum: UInt64 = 0

  /// The sum of nothing.
  public init() {}

  /// Adds bytes; all but the last piece must have an even length.
  public mutating func add(_ bytes: RawSpan) {
    sum &+= unsafe bytes.withUnsafeBytes { unsafe Self.sum(of: $0) }
  }

  /// Adds one number that is not in the packet itself, as the pseudo-header's length is not.
  public mutating func add(_ value: UInt16) { sum &+= UInt64(value.bigEndian) }

  /// The sum folded to sixteen bits, in machine order and not yet complemented: what a header
  /// holds while its checksum is left for the device to finish.
  public var partial: UInt16 {
    var sum = sum
    while sum >> 16 != 0 { sum = (sum & 0xffff) + (sum >> 16) }
    return UInt16(sum)
  }

  /// The checksum in machine order: store it without swapping.
  public var complete: UInt16 { ~partial }

  private static func sum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let start = bytes.baseAddress else { return 0 }
    var total: UInt64 = 0
    let words = bytes.count / 4
    for word in 0..<words {
      total &+= UInt64(unsafe start.loadUnaligned(fromByteOffset: word * 4, as: UInt32.self))
    }
    for offset in (words * 4)..<bytes.count {
      let byte = UInt64(unsafe start.load(fromByteOffset: offset, as: UInt8.self))
      total &+= (offset & 1 == 0) == (1.littleEndian == 1) ? byte : byte << 8
    }
    return (total & 0xffff_ffff) &+ (total >> 32)
  }
}
