internal import Basics
internal import Packets

/// Frames packed one behind the other, on their way from the switch to the file.
struct CaptureChunk: Sendable {
  /// Room for some hundred whole packets or some thousand headers.
  static let capacityBytes = 256 * 1024

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

  /// Appends a frame that stands behind its offload header.
  mutating func append(
    _ whole: UnsafeMutableRawBufferPointer, keepsPayload: Bool, at now: Instant
  ) {
    let frame = unsafe UnsafeRawBufferPointer(rebasing: whole[OffloadHeader.byteCount...])
    let kept = unsafe keepsPayload ? frame.count : HeaderExtent.byteCount(of: frame.bytes)
    append(UInt64(bitPattern: now.nanoseconds))
    append(UInt64(kept) << 32 | UInt64(frame.count))
    let start = bytes.count
    unsafe bytes.append(contentsOf: frame[..<kept])
    count += 1
    guard keepsPayload else { return }
    var offload = unsafe OffloadHeader(reading: whole.bytes)
    unsafe bytes.withUnsafeMutableBytes { all in
      var copy = unsafe UnsafeMutableRawBufferPointer(rebasing: all[start...]).mutableBytes
      offload.finishChecksum(of: &copy)
    }
  }

  /// Calls `body` with every frame in order.
  func forEach(_ body: (Record, UnsafeRawBufferPointer) -> Void) {
    unsafe bytes.withUnsafeBytes { all in
      var offset = 0
      while offset < all.count {
        let time = unsafe all.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        let sizes = unsafe all.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        let record = Record(
          at: Instant(nanoseconds: time), keptBytes: Int(sizes >> 32),
          originalBytes: Int(sizes & 0xffff_ffff))
        let start = offset + Self.recordBytes
        offset = start + record.keptBytes
        unsafe body(record, UnsafeRawBufferPointer(rebasing: all[start..<offset]))
      }
    }
  }

  private mutating func append(_ number: UInt64) {
    unsafe withUnsafeBytes(of: number) { unsafe bytes.append(contentsOf: $0) }
  }
}
