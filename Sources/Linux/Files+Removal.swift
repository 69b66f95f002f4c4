internal import Glibc

extension Files {
  /// Removes a file; one that is not there is fine.
  public static func remove(_ path: String) throws(Errno) {
    do throws(Errno) { try Errno.retrying("remove \(path)") { unsafe unlink(path) } } catch {
      if !error.isGone { throw error }
    }
  }

  /// Removes a folder and everything in it, or whatever else is there; nothing there is fine.
  /// Symbolic links are removed, never followed.
  public static func removeTree(_ path: String) throws(Errno) {
    guard isFolderItself(path) else { return try remove(path) }
    try removeContents(of: path)
    try Errno.retrying("remove folder \(path)") { unsafe rmdir(path) }
  }

  /// Removes everything in a folder and keeps the folder.
  public static func removeContents(of path: String) throws(Errno) {
    var folders = [path]
    var next = 0
    while next < folders.count {
      let folder = folders[next]
      next += 1
      for name in try list(folder) {
        let entry = "\(folder)/\(name)"
        if isFolderItself(entry) { folders.append(entry) } else { try remove(entry) }
      }
    }
    // Those below come later in the list than those above them.
    for folder in folders.dropFirst().reversed() {
      try Errno.retrying("remove folder \(folder)") { unsafe rmdir(folder) }
    }
  }

  private static func isFolderItself(_ path: String) -> Bool {
    var info = stat()
    return unsafe lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }
}
