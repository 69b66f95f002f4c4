internal import CLinux
internal import Glibc

/// Files that somebody else writes, and that may be of any size.
extension Files {
  /// How many bytes the file has.
  public static func size(_ path: String) throws(Errno) -> Int64 {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else { throw Errno.last("look at \(path)") }
    return Int64(info.st_size)
  }

  /// The last bytes of a file, read from its end, whatever its size.
  public static func tail(_ path: String, bytes limit: Int) throws(Errno) -> [UInt8] {
    let file = try Descriptor.open(path, .read)
    let start = max(0, try size(path) - Int64(limit))
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = try Errno.retrying("read the end of \(path)") {
      unsafe pread(file.raw, &bytes, limit, Int(start))
    }
    bytes.removeLast(limit - count)
    return bytes
  }

  /// Drops what a file has beyond a size and appends a text; who else appends to it goes on from there.
  /// Not through a symbolic link.
  public static func shorten(
    _ path: String, toBytes size: Int64, adding text: String
  ) throws(Errno) {
    let file = Descriptor(
      owning: try Errno.retrying("open \(path)") {
        unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
      })
    try Errno.retrying("shorten \(path)") { ftruncate(file.raw, Int(size)) }
    try file.write(text)
  }

  /// Gives a file or folder these permissions; not through a symbolic link.
  ///
  /// - Returns: false where there is no file or folder of this process's own user.
  @discardableResult
  public static func setOwnMode(_ path: String, _ mode: UInt32) throws(Errno) -> Bool {
    var info = stat()
    guard unsafe lstat(path, &info) == 0, info.st_uid == geteuid(),
      [S_IFREG, S_IFDIR].contains(info.st_mode & S_IFMT)
    else { return false }
    guard unsafe chmod(path, mode) == 0 else { throw Errno.last("chmod \(path)") }
    return true
  }
}
