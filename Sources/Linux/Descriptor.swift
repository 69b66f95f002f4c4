internal import CLinux
internal import Glibc

/// The one owner of an open file descriptor; closes it at the end of its life.
public struct Descriptor: ~Copyable, Sendable {
  /// The number. Valid while this owner lives.
  public let raw: Int32

  /// Takes over a descriptor that nobody else will close.
  public init(owning raw: Int32) { self.raw = raw }

  deinit { _ = Glibc.close(raw) }

  /// Gives the number away: the caller closes it.
  public consuming func release() -> Int32 {
    let number = raw
    discard self
    return number
  }

  /// Makes the number stand for the other's open file from now on, in one step: whoever uses the
  /// number meanwhile meets the old file or the new one, never none.
  public borrowing func replace(with other: borrowing Descriptor) throws(Errno) {
    try Errno.retrying("replace a descriptor") { cl_replace(raw, other.raw) }
  }

  /// A second descriptor of the same open file.
  public func duplicate() throws(Errno) -> Descriptor { try Self.duplicate(of: raw) }

  /// A second descriptor of an open file that somebody else closes.
  public static func duplicate(of raw: Int32) throws(Errno) -> Descriptor {
    Descriptor(
      owning: try Errno.retrying("duplicate a descriptor") { cl_duplicate(raw) })
  }
}

extension Descriptor {
  /// How `open` opens.
  public enum Mode: Sendable {
    case read, write, readWrite
    /// Only ever adds at the end; creates the file.
    case append
    /// Starts from nothing; creates the file.
    case replace
    case folder
  }

  /// Opens a file, close-on-exec.
  public static func open(_ path: String, _ mode: Mode) throws(Errno) -> Descriptor {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .write: O_WRONLY
      case .readWrite: O_RDWR
      case .append: O_WRONLY | O_CREAT | O_APPEND
      case .replace: O_WRONLY | O_CREAT | O_TRUNC
      case .folder: O_RDONLY | O_DIRECTORY
      }
    return Descriptor(owning: unsafe try Errno.check(cl_open(path, flags, 0o644), "open \(path)"))
  }

  /// From now on no read and no write of it waits (`O_NONBLOCK`, of the open file); a file on a disk is as before.
  public func waitForNobody() throws(Errno) {
    try Errno.check(cl_set_nonblocking(raw), "make a file non-blocking")
  }

  /// Both ends of a new pipe, close-on-exec.
  public static func pipe() throws(Errno) -> Pipe {
    var ends: [Int32] = [0, 0]
    try Errno.retrying("make a pipe") { unsafe cl_pipe(&ends) }
    return Pipe(reading: Descriptor(owning: ends[0]), writing: Descriptor(owning: ends[1]))
  }

  /// Up to `limit` bytes; empty at the end of the file.
  public func read(upTo limit: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = try Errno.retrying("read") { unsafe Glibc.read(raw, &bytes, limit) }
    bytes.removeLast(limit - count)
    return bytes
  }

  /// The first bytes of a small file of the kernel, read again from its start.
  public func readFromStart(upTo limit: Int = 4096) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = try Errno.retrying("read") { unsafe pread(raw, &bytes, limit, 0) }
    bytes.removeLast(limit - count)
    return bytes
  }

  /// Everything up to the end of the file.
  public func readAll() throws(Errno) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let part = try read(upTo: 65_536)
      if part.isEmpty { return all }
      all += part
    }
  }

  /// Writes all of it.
  public func write(_ bytes: [UInt8]) throws(Errno) {
    var done = 0
    while done < bytes.count {
      done += try Errno.retrying("write") {
        unsafe bytes.withUnsafeBytes { bytes in
          unsafe Glibc.write(raw, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
        }
      }
    }
  }

  /// Writes all of the text, as UTF-8.
  public func write(_ text: String) throws(Errno) { try write(Array(text.utf8)) }
}

/// The two ends of a pipe.
public struct Pipe: ~Copyable, Sendable {
  /// Where what was written comes out; ends when nobody has the other end open any more.
  public let reading: Descriptor
  /// Where to write; SIGPIPE or EPIPE when nobody has the other end open any more (pipe(7)).
  public let writing: Descriptor

  init(reading: consuming Descriptor, writing: consuming Descriptor) {
    self.reading = reading
    self.writing = writing
  }

  /// The reading end, and the writing end closed.
  public consuming func keepReading() -> Descriptor { reading }
  /// The writing end, and the reading end closed.
  public consuming func keepWriting() -> Descriptor { writing }
}
