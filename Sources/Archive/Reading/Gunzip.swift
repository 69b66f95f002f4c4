internal import CZlib

/// Unpacks gzip (RFC 1952), members one after another included, with zlib.
@safe final class Gunzip: Unpacker {
  /// zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Between two members, or behind the last.
  private(set) var isComplete = false

  init() throws(UnpackingError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe czlib_begin_gunzip(stream) == Z_OK else {
      throw UnpackingError(message: "zlib has no memory")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func unpack(
    _ input: inout ArraySlice<UInt8>, atMost count: Int
  ) throws(UnpackingError) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    var filled = 0
    repeat {
      guard begins(&input) else { break }
      let (taken, made, code) = inflate(input, into: &output, from: filled)
      input.removeFirst(taken)
      filled += made
      isComplete = code == Z_STREAM_END
      // Z_BUF_ERROR: nothing can be done without more input.
      let goesOn = isComplete || code == Z_OK || (code == Z_BUF_ERROR && input.isEmpty)
      guard goesOn, taken + made > 0 || input.isEmpty else { throw damage }
    } while filled < count && !input.isEmpty
    output.removeLast(count - filled)
    return output
  }

  /// Prepares for what the input begins with; false when there is nothing to unpack. Zeros may fill up
  /// what lies behind a member.
  private func begins(_ input: inout ArraySlice<UInt8>) -> Bool {
    guard isComplete else { return true }
    input = input.drop { $0 == 0 }
    guard !input.isEmpty else { return false }
    isComplete = false
    unsafe inflateReset(stream)
    return true
  }

  private func inflate(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], from start: Int
  ) -> (taken: Int, made: Int, code: Int32) {
    let (given, room) = (input.count, output.count - start)
    return unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(given)
        unsafe stream.pointee.next_out = output.baseAddress.map { unsafe $0 + start }
        unsafe stream.pointee.avail_out = UInt32(room)
        let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        return unsafe (
          given - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out), code
        )
      }
    }
  }

  private var damage: UnpackingError {
    let detail = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
    return UnpackingError(message: "its gzip data are damaged (\(detail ?? "unreadable"))")
  }
}
