internal import Glibc

extension Files {
  /// How much of a disk a folder and everything in it take, in bytes; links are not followed, and what goes
  /// away meanwhile counts nothing.
  public static func treeBytes(_ path: String) throws(Errno) -> Int64 {
    var bytes: Int64 = 0
    var open = [path]
    while let entry = open.popLast() {
      var info = stat()
      guard unsafe lstat(entry, &info) == 0 else { continue }
      bytes += Int64(info.st_blocks) * 512
      guard info.st_mode & S_IFMT == S_IFDIR else { continue }
      do throws(Errno) {
        open += try list(entry).map { "\(entry)/\($0)" }
      } catch {
        if !error.isGone { throw error }
      }
    }
    return bytes
  }

  /// When what stands there, itself and not where it leads, was last changed, in nanoseconds since 1970; nil when
  /// nothing does.
  public static func changed(_ path: String) -> Int64? {
    var info = stat()
    guard unsafe lstat(path, &info) == 0 else { return nil }
    return Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
  }

  /// Makes now the moment of the last change.
  public static func touch(_ path: String) throws(Errno) {
    try Errno.retrying("touch \(path)") {
      unsafe utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)
    }
  }
}
