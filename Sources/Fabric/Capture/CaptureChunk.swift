internal import Packets

/// A part of a capture's file, made of whole blocks, on its way from the switch to the file.
///
/// One thread at a time has it: the switch fills it, the writing thread writes it. Frames are read from
/// their devices into it where they can be, so that keeping one whole costs no copy.
@safe final class CaptureChunk: @unchecked Sendable {
  /// Room for some whole packets or some ten thousand headers.
  static let capacityBytes = 1 << 20
  /// The most that one frame takes, comments included.
  private static let mostBytes =
    PcapngBlock.packetHeaderBytes + FramePool.largestBytes + PcapngBlock.packetTrailerBytes

  private let memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: capacityBytes, alignment: 4096)
  private var usedBytes = 0
  /// How many frames are in it.
  private(set) var frames = 0
  private var open: [OpenChecksum] = []

  /// A frame that its sender left for its device to finish.
  private struct OpenChecksum {
    let frame: Range<Int>
    var offload: OffloadHeader
  }

  deinit { unsafe memory.deallocate() }

  func clear() {
    usedBytes = 0
    frames = 0
    open.removeAll(keepingCapacity: true)
  }

  /// Whether a frame of that many bytes fits, whatever is said about it.
  func hasRoom(for frameBytes: Int) -> Bool {
    usedBytes + PcapngBlock.packetHeaderBytes + frameBytes + PcapngBlock.packetTrailerBytes
      <= Self.capacityBytes
  }

  /// Where the next frame may be read to, behind its offload header, so that `keep` need not move it.
  /// The offload header lies where the block's own will be.
  var room: UnsafeMutableRawBufferPointer? {
    guard hasRoom(for: FramePool.largestBytes) else { return nil }
    let start = usedBytes + PcapngBlock.packetHeaderBytes - OffloadHeader.byteCount
    return unsafe UnsafeMutableRawBufferPointer(
      rebasing: memory[start..<start + FramePool.largestBytes])
  }

  /// Keeps the frame that was read into `room`.
  func keep(_ entry: Entry) {
    if entry.keptBytes == entry.originalBytes, entry.offload.isChecksumOpen {
      let start = usedBytes + PcapngBlock.packetHeaderBytes
      open.append(
        OpenChecksum(frame: start..<start + entry.keptBytes, offload: entry.offload))
    }
    let end = min(Self.capacityBytes, usedBytes + Self.mostBytes)
    var block = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[usedBytes..<end])
      .mutableBytes
    usedBytes += PcapngBlock.closePacket(
      in: &block, interface: entry.interface, at: entry.stamp, keptBytes: entry.keptBytes,
      originalBytes: entry.originalBytes, comments: entry.comments)
    frames += 1
  }

  /// Copies a frame from elsewhere, as much of it as is to be kept, and keeps that.
  func append(_ frame: UnsafeRawBufferPointer, _ entry: Entry) {
    let start = usedBytes + PcapngBlock.packetHeaderBytes
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start...]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: frame[..<entry.keptBytes]))
    keep(entry)
  }

  /// Finishes the checksums that are open, so that no reader calls the frames broken: work that is
  /// left to the writing thread.
  func finishChecksums() {
    for index in open.indices {
      let frame = open[index].frame
      var bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[frame]).mutableBytes
      open[index].offload.finishChecksum(of: &bytes)
    }
    open.removeAll(keepingCapacity: true)
  }

  /// The blocks so far.
  var blocks: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<usedBytes])
  }

  /// What is known of a frame that is kept.
  struct Entry {
    let interface: Int
    /// Nanoseconds since 1970.
    let stamp: Int64
    let offload: OffloadHeader
    let keptBytes: Int
    let originalBytes: Int
    let comments: [String]
  }
}
