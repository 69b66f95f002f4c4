/// The end of a packet of ours that is sent only to see whether, and when, it arrives: whatever protocol the
/// packet is of, and however many routers it passes, its last bytes stay.
///
/// The magic, eight bytes; the run's nonce and the sequence number, eight each; a checksum over these,
/// two; two zeros.
public struct ProbeTrailer: Hashable, Sendable {
  /// Bytes of the trailer.
  @inlinable public static var byteCount: Int { 28 }
  /// The first and the second half of the magic, by which kernels filter, too: "FLPROBE" and a one.
  @inlinable public static var magic: (UInt32, UInt32) { (0x464c_5052, 0x4f42_4501) }

  /// Tells one run's probes from another's.
  public let nonce: UInt64
  /// Tells it from the others of its run.
  public let sequence: UInt64

  /// One of that run, with that number.
  public init(nonce: UInt64, sequence: UInt64) {
    self.nonce = nonce
    self.sequence = sequence
  }

  /// Whether a frame ends with one, of whatever run, damaged or not.
  @inlinable public static func ends(_ frame: RawSpan) -> Bool {
    // No packet with one is shorter than ARP: 14 bytes for Ethernet, 28 for ARP itself.
    let start = frame.byteCount - byteCount
    return start >= 42 && frame.uint32(at: start) == magic.0
      && frame.uint32(at: start + 4) == magic.1
  }

  /// Nil where the frame does not end with one, or that was damaged on its way.
  public init?(endOf frame: RawSpan) {
    guard Self.ends(frame) else { return nil }
    let start = frame.byteCount - Self.byteCount
    guard Self.checksum(frame.extracting(start..<frame.byteCount)) == 0 else { return nil }
    nonce = frame.uint64(at: start + 8)
    sequence = frame.uint64(at: start + 16)
  }

  /// The trailer as it stands at the packet's end.
  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    var whole = bytes.mutableSpan
    var span = unsafe whole.mutableBytes
    span.store(uint32: Self.magic.0, at: 0)
    span.store(uint32: Self.magic.1, at: 4)
    span.store(uint64: nonce, at: 8)
    span.store(uint64: sequence, at: 16)
    // In machine order already: see `InternetChecksum.complete`.
    span.storeBytes(of: Self.checksum(span.bytes), toByteOffset: 24, as: UInt16.self)
    return bytes
  }

  /// Zero for a trailer that holds its own checksum and is whole.
  private static func checksum(_ bytes: RawSpan) -> UInt16 {
    var checksum = InternetChecksum()
    checksum.add(bytes)
    return checksum.complete
  }
}
