import CZlib

/// Compression in the gzip format (RFC 1952).
enum Gzip {
  static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    guard czlib_begin_gzip(&stream) == Z_OK else { fatalError("zlib has no memory") }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
    let count = input.withUnsafeMutableBufferPointer { from in
      output.withUnsafeMutableBufferPointer { to in
        stream.next_in = from.baseAddress
        stream.avail_in = uInt(from.count)
        stream.next_out = to.baseAddress
        stream.avail_out = uInt(to.count)
        guard deflate(&stream, Z_FINISH) == Z_STREAM_END else {
          fatalError("zlib's own bound was too small")
        }
        return to.count - Int(stream.avail_out)
      }
    }
    return Array(output[..<count])
  }
}
