internal import CFUSE

/// One request of the kernel's, in the buffer that it was read into.
@safe struct DiskRequest {
  let header: fuse_in_header
  /// What follows the header.
  private let body: UnsafeRawBufferPointer

  static var headerBytes: Int { MemoryLayout<fuse_in_header>.size }

  /// - Parameter bytes: one whole message; must outlive the request.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headerBytes else { return nil }
    unsafe header = bytes.loadUnaligned(as: fuse_in_header.self)
    unsafe body = UnsafeRawBufferPointer(rebasing: bytes[Self.headerBytes...])
  }

  var operation: fuse_opcode { fuse_opcode(rawValue: header.opcode) }

  /// What the request begins with, zeros where an older kernel sends less.
  func argument<T: BitwiseCopyable>(_ empty: T) -> T {
    var value = empty
    unsafe withUnsafeMutableBytes(of: &value) { target in
      unsafe target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: body.prefix(target.count)))
    }
    return value
  }

  /// The text that stands at that offset of the body, and what follows it; nil where it is not UTF-8.
  func text(at offset: Int) -> (text: String, next: Int)? {
    guard unsafe offset <= body.count else { return nil }
    let rest = unsafe body[offset...]
    let end = unsafe rest.firstIndex(of: 0) ?? rest.endIndex
    guard let text = unsafe String(validating: rest[offset..<end], as: UTF8.self) else {
      return nil
    }
    return (text, end + 1)
  }

  /// Calls with the bytes from that offset of the body on.
  func withBytes<Result>(at offset: Int, _ act: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe act(UnsafeRawBufferPointer(rebasing: body[min(offset, body.count)...]))
  }

  /// A copy of the whole message, for later.
  var copy: [UInt8] {
    var header = header
    return unsafe withUnsafeBytes(of: &header) { unsafe Array($0) + Array(body) }
  }

  /// A page that the kernel writes back by itself: nobody waits for it, and a process that is being
  /// killed may.
  var isWriteBack: Bool {
    operation == FUSE_WRITE && argument(fuse_write_in()).write_flags & UInt32(FUSE_WRITE_CACHE) != 0
  }
}

/// A request that is refused, by an error number.
struct Refusal: Error {
  let code: Int32

  /// Passes a result of the `-errno` convention on, or throws it.
  @discardableResult
  static func check<I: SignedInteger>(_ result: I) throws(Refusal) -> I {
    guard result < 0 else { return result }
    throw Refusal(code: Int32(-result))
  }
}
