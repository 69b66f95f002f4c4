/// What the kernel left for the device to do with a frame: `struct virtio_net_hdr` (VIRTIO 1.2,
/// section 5.1.6), ten bytes before every frame of a TAP opened with `IFF_VNET_HDR`.
///
/// Passed on unchanged to the next TAP it costs nothing: the receiving kernel believes it.
public struct OffloadHeader: Hashable, Sendable {
  /// Bytes of the header, without the later field for the number of buffers.
  public static let byteCount = 10

  /// Whether the checksum at `checksumStart + checksumOffset` covers the pseudo-header only.
  public var isChecksumOpen: Bool
  /// How the frame would have been cut into frames of the wire, had a device done it.
  public var segmentation: Segmentation
  /// A hint only: the kernel's own guess at where the payload begins.
  public var headerBytes: UInt16
  /// Payload bytes of each segment but the last.
  public var segmentBytes: UInt16
  /// Where the checksum's coverage begins, from the start of the frame: the transport header.
  public var checksumStart: UInt16
  /// Where the checksum stands, from `checksumStart`.
  public var checksumOffset: UInt16

  /// A whole frame that is finished.
  public static let none = OffloadHeader(
    isChecksumOpen: false, segmentation: .none, headerBytes: 0, segmentBytes: 0,
    checksumStart: 0, checksumOffset: 0)

  /// A header with these fields, whether or not they fit a frame and each other.
  public init(
    isChecksumOpen: Bool, segmentation: Segmentation, headerBytes: UInt16, segmentBytes: UInt16,
    checksumStart: UInt16, checksumOffset: UInt16
  ) {
    self.isChecksumOpen = isChecksumOpen
    self.segmentation = segmentation
    self.headerBytes = headerBytes
    self.segmentBytes = segmentBytes
    self.checksumStart = checksumStart
    self.checksumOffset = checksumOffset
  }

  /// Reads the first ten bytes; the caller promises that they are there.
  public init(reading bytes: RawSpan) {
    isChecksumOpen = bytes.uint8(at: 0) & 1 != 0
    segmentation = Segmentation(rawValue: bytes.uint8(at: 1))
    headerBytes = bytes.uint16(at: 2).byteSwapped
    segmentBytes = bytes.uint16(at: 4).byteSwapped
    checksumStart = bytes.uint16(at: 6).byteSwapped
    checksumOffset = bytes.uint16(at: 8).byteSwapped
  }

  /// Stores the header in the first ten bytes.
  public func write(to bytes: inout MutableRawSpan) {
    bytes.store(uint8: isChecksumOpen ? 1 : 0, at: 0)
    bytes.store(uint8: segmentation.rawValue, at: 1)
    bytes.store(uint16: headerBytes.byteSwapped, at: 2)
    bytes.store(uint16: segmentBytes.byteSwapped, at: 4)
    bytes.store(uint16: checksumStart.byteSwapped, at: 6)
    bytes.store(uint16: checksumOffset.byteSwapped, at: 8)
  }
}

/// How a super-packet is to be cut (`gso_type` of the virtio header).
public struct Segmentation: RawRepresentable, Hashable, Sendable {
  /// The byte in the header; 0x80 marks congestion bits, see `kind`.
  public let rawValue: UInt8

  /// The byte as the header has it, known here or not.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It is one frame already: `VIRTIO_NET_HDR_GSO_NONE`.
  public static let none = Segmentation(rawValue: 0)
  /// Into TCP segments over IPv4: `VIRTIO_NET_HDR_GSO_TCPV4`.
  public static let tcpV4 = Segmentation(rawValue: 1)
  /// Into TCP segments over IPv6: `VIRTIO_NET_HDR_GSO_TCPV6`.
  public static let tcpV6 = Segmentation(rawValue: 4)
  /// Into UDP datagrams, not fragments of one: `VIRTIO_NET_HDR_GSO_UDP_L4`.
  public static let udp = Segmentation(rawValue: 5)

  /// The kind without the mark that the packet carries congestion bits.
  public var kind: Segmentation { Segmentation(rawValue: rawValue & 0x7f) }
}
