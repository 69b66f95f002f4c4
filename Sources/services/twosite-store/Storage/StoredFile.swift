import Glibc

/// A file that is written at its end.
struct StoredFile: ~Copyable {
  private let path: String
  private let fd: Int32

  /// Opens it for appending; it is there.
  init(_ path: String) throws(StoreError) {
    self.path = path
    fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    if fd < 0 { throw .system("open \(path)", errno) }
  }

  deinit { close(fd) }

  func append(_ bytes: [UInt8]) throws(StoreError) { try Self.write(bytes, to: fd, path) }

  /// Returns once what was appended is on the medium, as far as the kernel knows.
  func sync() throws(StoreError) {
    if fdatasync(fd) != 0 { throw .system("sync \(path)", errno) }
  }

  func cut(to size: Int) throws(StoreError) {
    if ftruncate(fd, size) != 0 { throw .system("cut \(path)", errno) }
    try sync()
  }

  /// The whole file; nil where there is none.
  static func read(_ path: String) throws(StoreError) -> [UInt8]? {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    if fd < 0 && errno == ENOENT { return nil }
    if fd < 0 { throw .system("open \(path)", errno) }
    defer { close(fd) }
    var (bytes, part) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 18))
    while true {
      let count = Glibc.read(fd, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .system("read \(path)", errno) }
      if count == 0 { return bytes }
      bytes += part.prefix(count)
    }
  }

  /// Puts a whole file in the place of another: after a crash there is the old one or the new one.
  static func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
    let new = path + ".new"
    let fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if fd < 0 { throw .system("make \(new)", errno) }
    defer { close(fd) }
    try write(bytes, to: fd, new)
    if fsync(fd) != 0 { throw .system("sync \(new)", errno) }
    if rename(new, path) != 0 { throw .system("rename \(new)", errno) }
    try syncFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
  }

  /// Returns once the names in the folder are on the medium.
  static func syncFolder(_ path: String) throws(StoreError) {
    let fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if fd < 0 { throw .system("open \(path)", errno) }
    defer { close(fd) }
    if fsync(fd) != 0 { throw .system("sync \(path)", errno) }
  }

  private static func write(_ bytes: [UInt8], to fd: Int32, _ path: String) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(fd, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .system("write \(path)", errno) }
      done += count
    }
  }
}
