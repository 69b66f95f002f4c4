internal import CLinux
internal import Glibc

/// Small file operations, each with the path in its error.
public enum Files {
  /// Makes a folder and the folders above it; keeps one that exists.
  public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(Errno) {
    if try makeOne(path, mode) { return }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      // In /proc there is a folder above, and none can be made in it.
      if try makeOne(path, mode) { return }
    }
    throw Errno(ENOENT, "make folder \(path)")
  }

  /// - Returns: false where something above is missing.
  private static func makeOne(_ path: String, _ mode: UInt32) throws(Errno) -> Bool {
    if unsafe mkdir(path, mode) == 0 {
      // mkdir's mode is narrowed by the umask; a sticky /tmp must not be.
      guard unsafe chmod(path, mode) == 0 else { throw Errno.last("chmod \(path)") }
      return true
    }
    let code = cl_errno()
    switch code {
    case EEXIST where isFolder(path): return true
    case ENOENT: return false
    default: throw Errno(code, "make folder \(path)")
    }
  }

  /// Whether the path leads to a folder, through symbolic links too; false when it leads nowhere.
  public static func isFolder(_ path: String) -> Bool {
    guard let info = status(path) else { return false }
    return info.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether the path leads to anything; false for a symbolic link to nowhere, and where this
  /// process may not look.
  public static func exists(_ path: String) -> Bool { status(path) != nil }

  /// Whether this process's real user may write there (access(2)); false when nothing is there.
  public static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

  /// Whether this process's real user may read what is there (access(2)).
  public static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

  /// A file that may be executed, by its permissions.
  public static func isExecutable(_ path: String) -> Bool {
    unsafe access(path, X_OK) == 0 && !isFolder(path)
  }

  /// The inode number behind a path: what tells two namespaces apart.
  public static func inode(_ path: String) throws(Errno) -> UInt64 {
    guard let info = status(path) else { throw Errno.last("look at \(path)") }
    return UInt64(info.st_ino)
  }

  /// The whole file as text.
  public static func read(_ path: String) throws(Errno) -> String {
    String(decoding: try Descriptor.open(path, .read).readAll(), as: UTF8.self)
  }

  /// Replaces the content of a file, or creates it.
  public static func write(_ text: String, to path: String) throws(Errno) {
    try Descriptor.open(path, .replace).write(text)
  }

  /// Writes into a file of the kernel (`/proc`, `/sys`), which must exist.
  public static func set(_ path: String, to text: String) throws(Errno) {
    let file = try Descriptor.open(path, .write)
    do throws(Errno) { try file.write(text) } catch {
      throw Errno(error.code, "write \(text) to \(path)")
    }
  }

  /// The names in a folder, sorted, without `.` and `..`.
  public static func list(_ path: String) throws(Errno) -> [String] {
    guard let folder = unsafe opendir(path) else { throw Errno.last("list \(path)") }
    defer { unsafe closedir(folder) }
    return unsafe names(in: folder)
  }

  /// The names that an open folder has left to tell, sorted, without `.` and `..`.
  static func names(in folder: OpaquePointer) -> [String] {
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes a folder the calling thread's working folder, and that of all threads which share it.
  public static func enter(_ folder: String) throws(Errno) {
    guard unsafe chdir(folder) == 0 else { throw Errno.last("enter folder \(folder)") }
  }

  /// Makes a symbolic link.
  public static func makeLink(_ path: String, to target: String) throws(Errno) {
    guard unsafe symlink(target, path) == 0 else { throw Errno.last("make link \(path)") }
  }

  /// Makes a file that hides the one of the same name in the lower layer of an overlay.
  public static func makeWhiteout(_ path: String) throws(Errno) {
    unsafe try Errno.check(cl_make_whiteout(path), "make whiteout \(path)")
  }

  /// What a symbolic link says.
  public static func link(_ path: String) throws(Errno) -> String {
    var text = [UInt8](repeating: 0, count: 4096)
    let count = try Errno.retrying("read link \(path)") {
      unsafe text.withUnsafeMutableBytes { bytes in
        unsafe readlink(path, bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
      }
    }
    return String(decoding: text[..<count], as: UTF8.self)
  }

  private static func status(_ path: String) -> stat? {
    var info = stat()
    return unsafe stat(path, &info) == 0 ? info : nil
  }
}
