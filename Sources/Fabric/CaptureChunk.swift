internal import Basics
internal import Packets

/// Frames packed one behind the other, on their way from the switch to the file.
struct CaptureChunk: Sendable {
  /// Room for some whole packets or some ten thousand headers.
  static let capacityBytes = 1 << 20

  /// Before each frame: its time in nanoseconds, how much of it is kept, and how long it was.
  struct Record {
    let at: Instant
    let keptBytes: Int
    let originalBytes: Int
  }

  private static let recordBytes = 16
  private var bytes: [UInt8] = []
  private(set) var count = 0

  init() { bytes.reserveCapacity(Self.capacityBytes) }

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    count = 0
  }

  func hasRoom(for byteCount: Int) -> Bool {
    bytes.count + byteCount + Self.recordBytes <= Self.capacityBytes
  }

  /// Appends a frame with its offload header in front; nothing is computed here that the writing
  /// thread can compute.
  mutating func append(
    _ whole: UnsafeMutableRawBufferPointer, keepsPayload: Bool, at now: Instant
  ) {
    let offloadBytes = OffloadHeader.byteCount
    let frame = unsafe UnsafeRawBufferPointer(rebasing: whole[offloadBytes...])
    let kept = unsafe keepsPayload ? frame.count : HeaderExtent.byteCount(of: frame.bytes)
    append(UInt64(bitPattern: now.nanoseconds))
    append(UInt64(kept) << 32 | UInt64(frame.count))
    unsafe bytes.append(contentsOf: whole[..<(offloadBytes + kept)])
    count += 1
  }

  /// Calls `body` with every frame in order, checksums finished in those that are whole.
  mutating func forEach(_ body: (Record, UnsafeRawBufferPointer) -> Void) {
    unsafe bytes.withUnsafeMutableBytes { all in
      var offset = 0
      while offset < all.count {
        let time = unsafe all.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        let sizes = unsafe all.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        let record = Record(
          at: Instant(nanoseconds: time), keptBytes: Int(sizes >> 32),
          originalBytes: Int(sizes & 0xffff_ffff))
        let start = offset + Self.recordBytes + OffloadHeader.byteCount
        let header = unsafe UnsafeRawBufferPointer(rebasing: all[offset + Self.recordBytes..<start])
        offset = start + record.keptBytes
        let frame = unsafe UnsafeMutableRawBufferPointer(rebasing: all[start..<offset])
        if record.keptBytes == record.originalBytes {
          var offload = unsafe OffloadHeader(reading: header.bytes)
          var bytes = unsafe frame.mutableBytes
          offload.finishChecksum(of: &bytes)
        }
        unsafe body(record, UnsafeRawBufferPointer(frame))
      }
    }
  }

  private mutating func append(_ number: UInt64) {
    unsafe withUnsafeBytes(of: number) { unsafe bytes.append(contentsOf: $0) }
  }
}
