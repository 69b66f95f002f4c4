import Glibc

/// Keeps a second process out of a member's folder, for as long as it lives.
struct FolderLock: ~Copyable {
  private let file: Int32

  private init(file: Int32) { self.file = file }

  deinit { close(file) }

  /// Takes the lock, in a folder that is made where it is not there.
  static func take(_ folder: String) throws(StoreError) -> FolderLock {
    if mkdir(folder, 0o700) == 0 {
      let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
      try StoredFile.syncFolder(parent.isEmpty ? "/" : parent)
    } else if errno != EEXIST {
      throw .system("make \(folder)", errno)
    }
    let file = Glibc.open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if file < 0 { throw .system("make \(folder)/lock", errno) }
    if flock(file, LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      close(file)
      throw .system("lock \(folder), which another process may use", reason)
    }
    return FolderLock(file: file)
  }
}
