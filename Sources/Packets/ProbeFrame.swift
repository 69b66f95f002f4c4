public import Basics

/// A frame of ours that is sent only to see whether, and when, it arrives.
///
/// Behind the Ethernet header: the magic, four bytes; the run's nonce and the sequence number, eight
/// each; a checksum over these, two; zeros up to the shortest frame there may be.
public struct ProbeFrame: Hashable, Sendable {
  /// Bytes of the frame with its header: the least that Ethernet allows, its own check aside.
  public static let byteCount = 60
  private static let magic: UInt32 = 0x464c_5052  // "FLPR"

  /// Whom it is sent to.
  public let target: MAC
  /// Who sent it.
  public let source: MAC
  /// Tells one run's probes from another's.
  public let nonce: UInt64
  /// Tells it from the others of its run.
  public let sequence: UInt64

  /// A probe between two interfaces, to be sent as `bytes`.
  public init(from source: MAC, to target: MAC, nonce: UInt64, sequence: UInt64) {
    self.source = source
    self.target = target
    self.nonce = nonce
    self.sequence = sequence
  }

  /// Whether a frame is a probe, of whatever run, damaged or not.
  public static func isProbe(_ frame: RawSpan) -> Bool {
    frame.byteCount >= byteCount && frame.uint16(at: 12) == EtherType.probe.rawValue
      && frame.uint32(at: 14) == magic
  }

  /// Nil where the frame is no probe or was damaged on its way.
  public init?(reading frame: RawSpan) {
    guard Self.isProbe(frame), Self.checksum(of: frame) == 0 else { return nil }
    let header = EthernetHeader(reading: frame)
    guard let header else { return nil }
    target = header.target
    source = header.source
    nonce = Self.number(frame, at: 18)
    sequence = Self.number(frame, at: 26)
  }

  /// The frame as it goes on the wire, as short as it may be.
  public var bytes: [UInt8] { padded(to: Self.byteCount) }

  /// The same with zeros behind it.
  ///
  /// - Parameter count: how many bytes, the header included; never fewer than the least there may be.
  public func padded(to count: Int) -> [UInt8] {
    var bytes = target.bytes + source.bytes
    bytes += Array(repeating: 0, count: max(count, Self.byteCount) - bytes.count)
    var whole = bytes.mutableSpan
    var span = unsafe whole.mutableBytes
    span.store(uint16: EtherType.probe.rawValue, at: 12)
    span.store(uint32: Self.magic, at: 14)
    Self.store(nonce, to: &span, at: 18)
    Self.store(sequence, to: &span, at: 26)
    // In machine order already: see `InternetChecksum.complete`.
    span.storeBytes(of: Self.checksum(of: span.bytes), toByteOffset: 34, as: UInt16.self)
    return bytes
  }

  /// Zero for a frame that holds its own checksum and is whole.
  private static func checksum(of frame: RawSpan) -> UInt16 {
    var checksum = InternetChecksum()
    checksum.add(frame.extracting(14..<byteCount))
    return checksum.complete
  }

  private static func number(_ frame: RawSpan, at offset: Int) -> UInt64 {
    UInt64(frame.uint32(at: offset)) << 32 | UInt64(frame.uint32(at: offset + 4))
  }

  private static func store(_ number: UInt64, to span: inout MutableRawSpan, at offset: Int) {
    span.store(uint32: UInt32(truncatingIfNeeded: number >> 32), at: offset)
    span.store(uint32: UInt32(truncatingIfNeeded: number), at: offset + 4)
  }
}
