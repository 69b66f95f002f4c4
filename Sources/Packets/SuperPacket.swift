/// A TCP or UDP packet of up to 64 KiB that the sender left for its device to cut into frames.
///
/// A link that treats every frame by itself need not have the sender cut them: it decides per
/// *future* frame and hands on the runs of frames that share a fate, each run still one packet.
/// That is how a lossy link stays an order of magnitude faster than one frame per system call.
public struct SuperPacket: Hashable, Sendable {
  /// Bytes before the payload: Ethernet, IP and transport headers.
  public let headerBytes: Int
  /// Payload bytes of each frame but the last.
  public let segmentBytes: Int
  /// All payload bytes, behind the headers to the end of the frame.
  public let payloadBytes: Int
  private let transportOffset: Int
  private let isIPv6: Bool
  private let isUDP: Bool

  /// Nil when the frame is not one that this type can cut: then it is to be treated whole.
  public init?(reading frame: RawSpan, offload: OffloadHeader) {
    guard offload.segmentation.kind != .none, offload.isChecksumOpen,
      let ethernet = EthernetHeader(reading: frame),
      ethernet.type == .ipv4 || ethernet.type == .ipv6
    else { return nil }
    isIPv6 = ethernet.type == .ipv6
    isUDP = offload.segmentation.kind == .udp
    transportOffset = Int(offload.checksumStart)
    segmentBytes = Int(offload.segmentBytes)
    let fixedBytes = isUDP ? 8 : 20
    guard segmentBytes > 0, frame.byteCount >= transportOffset + fixedBytes,
      transportOffset >= EthernetHeader.byteCount + (isIPv6 ? 40 : 20)
    else { return nil }
    headerBytes =
      transportOffset + (isUDP ? 8 : Int(frame.uint8(at: transportOffset + 12) >> 4) * 4)
    payloadBytes = frame.byteCount - headerBytes
    guard payloadBytes > 0, headerBytes >= transportOffset + fixedBytes,
      headerBytes <= Self.maximumHeaderBytes,
      frame.byteCount - EthernetHeader.byteCount <= UInt16.max,
      transportOffset + Int(offload.checksumOffset) + 2 <= headerBytes
    else { return nil }
  }

  /// The most that the headers can take: Ethernet, IPv4 with options or IPv6 with a few
  /// extensions, TCP with options.
  public static let maximumHeaderBytes = 14 + 80 + 60

  /// How many frames the packet becomes on a wire.
  public var segmentCount: Int { (payloadBytes + segmentBytes - 1) / segmentBytes }

  /// Where the payload of a run of segments lies in the frame.
  public func payload(of run: Range<Int>) -> Range<Int> {
    let end = min(run.upperBound * segmentBytes, payloadBytes)
    return headerBytes + run.lowerBound * segmentBytes..<headerBytes + end
  }

  /// Writes the headers of a run of segments to the start of `output` and says what is still to
  /// be done with the frame they make together with `payload(of: run)`.
  public func writeHeaders(
    of run: Range<Int>, from frame: RawSpan, offload: OffloadHeader,
    to output: inout MutableRawSpan
  ) -> OffloadHeader {
    for offset in 0..<headerBytes { output.store(uint8: frame.uint8(at: offset), at: offset) }
    let transportBytes = headerBytes - transportOffset + payload(of: run).count
    adjustNetworkHeader(transportBytes: transportBytes, firstSegment: run.lowerBound, &output)
    if isUDP {
      output.store(uint16: UInt16(transportBytes), at: transportOffset + 4)
    } else {
      adjustTCPHeader(of: run, &output)
    }
    let checksumField = transportOffset + Int(offload.checksumOffset)
    let partial = pseudoHeaderSum(transportBytes: transportBytes, output.bytes)
    output.storeBytes(of: partial, toByteOffset: checksumField, as: UInt16.self)

    var remaining = offload
    remaining.headerBytes = UInt16(headerBytes)
    if run.count == 1 {
      remaining.segmentation = .none
      remaining.segmentBytes = 0
    }
    return remaining
  }

  private func adjustNetworkHeader(
    transportBytes: Int, firstSegment: Int, _ output: inout MutableRawSpan
  ) {
    let network = EthernetHeader.byteCount
    guard !isIPv6 else {
      let bytes = transportOffset - network - 40 + transportBytes
      return output.store(uint16: UInt16(bytes), at: network + 4)
    }
    output.store(uint16: UInt16(transportOffset - network + transportBytes), at: network + 2)
    let identification = output.bytes.uint16(at: network + 4)
    output.store(
      uint16: identification &+ UInt16(truncatingIfNeeded: firstSegment), at: network + 4)
    output.store(uint16: 0, at: network + 10)
    var checksum = InternetChecksum()
    checksum.add(output.bytes.extracting(network..<transportOffset))
    output.storeBytes(of: checksum.complete, toByteOffset: network + 10, as: UInt16.self)
  }

  /// The sequence number moves on; FIN and PSH belong to the last frame only, and the answer to a
  /// congestion mark (CWR) to the first (RFC 9293; RFC 3168, section 6.1.2).
  private func adjustTCPHeader(of run: Range<Int>, _ output: inout MutableRawSpan) {
    let sequence = output.bytes.uint32(at: transportOffset + 4)
    let skipped = UInt32(truncatingIfNeeded: run.lowerBound * segmentBytes)
    output.store(uint32: sequence &+ skipped, at: transportOffset + 4)
    var flags = output.bytes.uint8(at: transportOffset + 13)
    if run.upperBound < segmentCount { flags &= ~0x09 }
    if run.lowerBound > 0 { flags &= ~0x80 }
    output.store(uint8: flags, at: transportOffset + 13)
  }

  private func pseudoHeaderSum(transportBytes: Int, _ headers: RawSpan) -> UInt16 {
    let network = EthernetHeader.byteCount
    let addresses =
      isIPv6 ? network + 8..<network + 40 : network + 12..<network + 20
    var sum = InternetChecksum()
    sum.add(headers.extracting(addresses))
    sum.add(UInt16((isUDP ? Transport.udp : .tcp).rawValue))
    sum.add(UInt16(transportBytes))
    return sum.partial
  }
}
