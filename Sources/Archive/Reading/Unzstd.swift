internal import CZstd

/// Unpacks zstd (RFC 8878), frames one after another included, with libzstd, which refuses frames that
/// need more than 128 MiB to unpack.
@safe final class Unzstd: Unpacker {
  private let stream: OpaquePointer
  /// Between two frames, or behind the last.
  private(set) var isComplete = false

  init() throws(UnpackingError) {
    guard let stream = unsafe ZSTD_createDStream() else {
      throw UnpackingError(message: "libzstd has no memory")
    }
    unsafe self.stream = stream
  }

  deinit { _ = unsafe ZSTD_freeDStream(stream) }

  func unpack(
    _ input: inout ArraySlice<UInt8>, atMost count: Int
  ) throws(UnpackingError) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    var filled = 0
    repeat {
      // Asked for more behind a frame, it would begin the next.
      if isComplete, input.isEmpty { break }
      let (taken, made, code) = decompress(input, into: &output, from: filled)
      if ZSTD_isError(code) != 0 {
        let name = unsafe String(cString: ZSTD_getErrorName(code))
        throw UnpackingError(message: "its zstd data are damaged (\(name))")
      }
      input.removeFirst(taken)
      filled += made
      isComplete = code == 0
      if taken == 0, made == 0 { break }
    } while filled < count && !input.isEmpty
    output.removeLast(count - filled)
    return output
  }

  private func decompress(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], from start: Int
  ) -> (taken: Int, made: Int, code: Int) {
    let room = output.count - start
    return unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        var from = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var to = unsafe ZSTD_outBuffer(
          dst: output.baseAddress.map { unsafe $0 + start }, size: room, pos: 0)
        let code = unsafe ZSTD_decompressStream(stream, &to, &from)
        return unsafe (from.pos, to.pos, code)
      }
    }
  }
}
