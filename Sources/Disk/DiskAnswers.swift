internal import CFUSE
internal import Glibc

/// Writes answers to the kernel, and announces what it must forget.
@safe final class DiskAnswers {
  private let device: Int32
  /// Header and payload of one answer.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: mostBytes + 4096, alignment: 4096)

  /// The most that is read or written in one request.
  static let mostBytes = 1 << 20
  private static var headerBytes: Int { MemoryLayout<fuse_out_header>.size }

  init(device: Int32) { self.device = device }

  deinit { unsafe buffer.deallocate() }

  /// Answers with an error number; 0 for success without more to say.
  func refuse(_ unique: UInt64, _ code: Int32) { send(unique, error: code, payload: 0) }

  /// Answers with a value.
  func answer<T: BitwiseCopyable>(_ unique: UInt64, _ value: T) {
    put(value, at: 0)
    send(unique, error: 0, payload: MemoryLayout<T>.size)
  }

  /// Answers with two values, one after the other.
  func answer<T: BitwiseCopyable, U: BitwiseCopyable>(_ unique: UInt64, _ value: T, _ next: U) {
    put(value, at: 0)
    put(next, at: MemoryLayout<T>.size)
    send(unique, error: 0, payload: MemoryLayout<T>.size + MemoryLayout<U>.size)
  }

  /// Answers with bytes.
  func answer(_ unique: UInt64, bytes: [UInt8]) {
    unsafe payload.copyBytes(from: bytes)
    send(unique, error: 0, payload: bytes.count)
  }

  /// Answers with up to `count` bytes that `fill` puts in place; a negative result is an error.
  func answer(
    _ unique: UInt64, count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Int
  ) {
    let space = unsafe UnsafeMutableRawBufferPointer(
      rebasing: payload[..<min(count, Self.mostBytes)])
    let got = unsafe fill(space)
    send(unique, error: got < 0 ? Int32(-got) : 0, payload: max(0, got))
  }

  private var payload: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[Self.headerBytes...])
  }

  private func put<T: BitwiseCopyable>(_ value: T, at offset: Int) {
    unsafe payload.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  private func send(_ unique: UInt64, error: Int32, payload: Int) {
    let length = Self.headerBytes + payload
    unsafe buffer.storeBytes(
      of: fuse_out_header(len: UInt32(length), error: -error, unique: unique),
      as: fuse_out_header.self)
    // Who asked may be gone by now (ENOENT), and so may the whole file system (ENODEV).
    _ = unsafe Glibc.write(device, buffer.baseAddress, length)
  }
}

/// What the kernel is to forget of a disk; told by another thread than the one that answers, for it may
/// have to write pages back first.
struct DiskNotices: Sendable {
  let device: Int32

  /// Pages and attributes of a file.
  func forget(_ file: UInt64) {
    let body = fuse_notify_inval_inode_out(ino: file, off: 0, len: 0)
    send(FUSE_NOTIFY_INVAL_INODE, bytes(of: body))
  }

  /// What a name leads to.
  func forget(_ name: String, in folder: UInt64) {
    let text = Array(name.utf8)
    let body = fuse_notify_inval_entry_out(parent: folder, namelen: UInt32(text.count), flags: 0)
    send(FUSE_NOTIFY_INVAL_ENTRY, bytes(of: body) + text + [0])
  }

  private func bytes<T: BitwiseCopyable>(of value: T) -> [UInt8] {
    unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
  }

  private func send(_ code: fuse_notify_code, _ body: [UInt8]) {
    let length = MemoryLayout<fuse_out_header>.size + body.count
    let header = fuse_out_header(
      len: UInt32(length), error: Int32(bitPattern: code.rawValue), unique: 0)
    let message = bytes(of: header) + body
    // What the kernel does not know it need not forget (ENOENT).
    _ = unsafe Glibc.write(device, message, message.count)
  }
}
