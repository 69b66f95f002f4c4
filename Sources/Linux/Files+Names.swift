internal import CLinux
internal import Glibc

extension Files {
  /// Gives a path another name; what has the name already is replaced.
  public static func rename(_ path: String, to target: String) throws(Errno) {
    guard unsafe Glibc.rename(path, target) == 0 else {
      throw Errno.last("rename \(path) to \(target)")
    }
  }
}

extension Files {
  /// Replaces the content of a file, or creates it, with these permissions.
  public static func write(_ bytes: [UInt8], to path: String, mode: UInt32) throws(Errno) {
    try Descriptor.open(path, .replace).write(bytes)
    guard unsafe chmod(path, mode) == 0 else { throw Errno.last("chmod \(path)") }
  }
}

extension Files {
  /// The program of that name in the first folder of a search path (`/usr/bin:/bin`) that has it.
  public static func program(_ name: String, in searchPath: String) -> String? {
    searchPath.split(separator: ":").lazy.map { "\($0)/\(name)" }.first { isExecutable($0) }
  }

  /// Size and time of the last change: what tells one installation of a binary from another.
  public static func stamp(_ path: String) throws(Errno) -> String {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else { throw Errno.last("look at \(path)") }
    return "\(info.st_size) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"
  }
}

extension Descriptor {
  /// Returns once what was written is on the disk.
  public borrowing func flush() throws(Errno) {
    let fd = raw
    _ = try Errno.retrying("write through to the disk") { fdatasync(fd) }
  }
}

extension Files {
  /// Where a folder is, without symbolic links.
  public static func realFolder(_ path: String) throws(Errno) -> String {
    let folder = try Descriptor.open(path, .folder)
    return try link("/proc/self/fd/\(folder.raw)")
  }

  /// The working folder, without symbolic links.
  public static func workingFolder() throws(Errno) -> String { try link("/proc/self/cwd") }
}
