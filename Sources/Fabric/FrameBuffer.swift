/// Memory for the one frame that is being read, for one set of rewritten headers, and for one frame
/// of our own.
@safe final class FrameBuffer {
  /// Room for an offload header and the largest packet.
  let frame = UnsafeMutableRawBufferPointer.allocate(
    byteCount: FramePool.largestBytes, alignment: 64)
  /// Room for an offload header and the headers of one packet.
  let headers = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 64)

  /// Room for an offload header and a frame of our own.
  let forged = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 64)

  deinit {
    unsafe forged.deallocate()
    unsafe frame.deallocate()
    unsafe headers.deallocate()
  }
}

/// The bytes of one frame with its offload header, in two pieces of which the second may be empty:
/// so that new headers need not be copied in front of an old payload.
@unsafe struct FrameBytes {
  let head: UnsafeRawBufferPointer
  var rest = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

  var byteCount: Int { unsafe head.count + rest.count }

  func copy(to memory: UnsafeMutableRawBufferPointer) {
    unsafe memory.copyMemory(from: head)
    guard unsafe !rest.isEmpty else { return }
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[head.count...]).copyMemory(from: rest)
  }
}
