internal import Basics

/// The two resets that end a TCP connection from the middle, each made so that its receiver believes it.
///
/// A receiver believes a reset whose sequence number is the very next that it expects (RFC 5961, section 3.2). The
/// sender of a segment expects what it acknowledges there; its receiver, as a rule, what the segment begins with.
/// Where that is not so (an earlier segment is still under way), the receiver answers with an acknowledgement of
/// what it does expect, and the answer to that is right.
public struct TCPReset: Sendable {
  /// The connection's ends, the sender of the segment first: what tells one connection from another.
  public let frame: TransportFrame
  /// Whether the segment asks for a new connection.
  public let isOpening: Bool
  private let sequence: UInt32
  private let acknowledgement: UInt32
  private let acknowledges: Bool
  private let length: UInt32
  private let trailer: [UInt8]

  private enum Flag {
    static let fin: UInt8 = 1
    static let syn: UInt8 = 2
    static let reset: UInt8 = 4
    static let acknowledgement: UInt8 = 16
  }

  /// From a segment that passes by; nil where there is none, or it is a reset itself, which nobody answers.
  public init?(answering bytes: RawSpan) {
    guard let frame = TransportFrame(reading: bytes), frame.transport == .tcp else { return nil }
    let at = frame.offset
    let flags = bytes.uint8(at: at + 13)
    guard flags & Flag.reset == 0 else { return nil }
    self.frame = frame
    sequence = bytes.uint32(at: at + 4)
    acknowledgement = bytes.uint32(at: at + 8)
    acknowledges = flags & Flag.acknowledgement != 0
    isOpening = flags & (Flag.syn | Flag.acknowledgement) == Flag.syn
    let header = Int(bytes.uint8(at: at + 12) >> 4) * 4
    let payload = max(0, frame.end - at - header)
    // SYN and FIN take a number each (RFC 9293, section 3.4).
    let marks = [Flag.syn, Flag.fin].count { flags & $0 != 0 }
    length = UInt32(truncatingIfNeeded: payload + marks)
    let end = frame.end - ProbeTrailer.byteCount
    let isProbe = end >= at + 20 && ProbeTrailer.ends(bytes.extracting(0..<frame.end))
    trailer = isProbe ? (end..<frame.end).map { bytes.uint8(at: $0) } : []
  }

  /// A segment that asks for a connection, without its checksum.
  public static func opening(from source: UInt16, to target: UInt16) -> [UInt8] {
    let ports = [source, target].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    return ports + [0, 0, 0, 0, 0, 0, 0, 0, 5 << 4, Flag.syn, 0xff, 0xff, 0, 0, 0, 0]
  }

  /// To the sender of the segment, as if its receiver had refused it (RFC 9293, section 3.5.2).
  public var back: [UInt8] {
    let segment =
      acknowledges
      ? segment(frame.targetPort, frame.sourcePort, acknowledgement, nil)
      : segment(frame.targetPort, frame.sourcePort, 0, sequence &+ length)
    return frame.back.bytes(.tcp, segment, isSpoiled: !trailer.isEmpty)
  }

  /// To the receiver, as if the sender had given up; nil where there is no connection yet.
  public var onward: [UInt8]? {
    guard !isOpening else { return nil }
    let segment = segment(
      frame.sourcePort, frame.targetPort, sequence, acknowledges ? acknowledgement : nil)
    return frame.onward.bytes(.tcp, segment, isSpoiled: !trailer.isEmpty)
  }

  private func segment(
    _ source: UInt16, _ target: UInt16, _ sequence: UInt32, _ acknowledgement: UInt32?
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 20)
    var whole = bytes.mutableSpan
    var span = unsafe whole.mutableBytes
    span.store(uint16: source, at: 0)
    span.store(uint16: target, at: 2)
    span.store(uint32: sequence, at: 4)
    span.store(uint32: acknowledgement ?? 0, at: 8)
    span.store(uint8: 5 << 4, at: 12)
    span.store(
      uint8: Flag.reset | (acknowledgement == nil ? 0 : Flag.acknowledgement), at: 13)
    return bytes + trailer
  }
}
