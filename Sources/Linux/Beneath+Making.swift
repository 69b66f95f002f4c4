internal import CLinux
internal import Glibc

/// What is made below a folder belongs to who makes it until it is complete, and only then to whom it is
/// for: so nobody else can put anything in its place meanwhile.
extension Beneath {
  /// Makes a folder and the folders above it, each of this process's own user; keeps those that exist,
  /// with their modes.
  ///
  /// - Parameter mode: of those that are made.
  public borrowing func makeFolder(_ name: String, mode: UInt32 = 0o755) throws(Errno) {
    var parts: [Substring] = []
    for part in name.split(separator: "/") where part != "." {
      parts.append(part)
      let above = parts.dropLast().joined(separator: "/")
      let parent = try open(above.isEmpty ? "." : above, O_DIRECTORY, "open folder")
      let path = parts.joined(separator: "/")
      guard part != ".." else { throw Errno(EXDEV, "make folder \(place(path))") }
      if unsafe mkdirat(parent.raw, String(part), 0o700) == 0 {
        let made = try open(path, O_RDONLY | O_DIRECTORY, "open folder")
        try made.setMode(mode, "make folder \(place(path))")
      } else if cl_errno() != EEXIST {
        throw Errno.last("make folder \(place(path))")
      } else {
        // What is there must be a folder, and no link to one.
        _ = try open(path, O_DIRECTORY, "make folder")
      }
    }
  }

  /// Makes a folder in one that is there; false where there is anything of that name already.
  public borrowing func makeNewFolder(
    _ name: String, mode: UInt32 = 0o755
  ) throws(Errno) -> Bool {
    let last = try last(of: name)
    let parent = try parent(of: name)
    if unsafe mkdirat(parent.raw, last, mode) == 0 { return true }
    guard cl_errno() == EEXIST else { throw Errno.last("make folder \(place(name))") }
    return false
  }

  /// Makes a new file in a folder that is there, complete and with its mode when this returns; `EEXIST`
  /// where there is anything of that name already, a link too.
  ///
  /// - Parameter isDurable: whether it outlasts a loss of power from then on.
  public borrowing func create(
    _ name: String, _ bytes: [UInt8], mode: UInt32, isDurable: Bool = false
  ) throws(Errno) {
    let file = try open(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, "make file")
    try file.write(bytes)
    try file.setMode(mode, "make file \(place(name))")
    guard isDurable else { return }
    try Errno.retrying("sync \(place(name))") { fsync(file.raw) }
  }

  /// Puts a file in the place of what has the name, in one step: whoever looks sees the old or the new, and a link is
  /// replaced itself. The file keeps the mode of a file that it replaces.
  ///
  /// - Parameter mode: of a file where there was none.
  public borrowing func replace(
    _ name: String, _ bytes: [UInt8], mode: UInt32
  ) throws(Errno) {
    let last = try last(of: name)
    let parent = try parent(of: name)
    var info = stat()
    let isThere = unsafe fstatat(parent.raw, last, &info, AT_SYMLINK_NOFOLLOW) == 0
    let isFile = isThere && info.st_mode & S_IFMT == S_IFREG
    let above = name.split(separator: "/").dropLast().map { "\($0)/" }.joined()
    let fresh = "\(last).\(getpid()).\(MonotonicClock.nanoseconds).new"
    try create(above + fresh, bytes, mode: isFile ? info.st_mode & 0o777 : mode)
    guard unsafe renameat(parent.raw, fresh, parent.raw, last) == 0 else {
      let error = Errno.last("replace \(place(name))")
      try remove(above + fresh)
      throw error
    }
  }

  /// Removes a file or a link itself; nothing when there is none.
  public borrowing func remove(_ name: String) throws(Errno) {
    let last = try last(of: name)
    let parent = try parent(of: name)
    if unsafe unlinkat(parent.raw, last, 0) == 0 || cl_errno() == ENOENT { return }
    throw Errno.last("remove \(place(name))")
  }

  /// Gives a file or folder to a user, with this mode. A folder's contents stay whose they are.
  ///
  /// - Parameter mode: nil keeps what it has.
  public borrowing func give(
    _ name: String, to account: Account, mode: UInt32? = nil
  ) throws(Errno) {
    let attempt = "give \(place(name)) to \(account.name)"
    let file = try open(name.isEmpty ? "." : name, O_RDONLY | O_NONBLOCK, "open")
    // Before the owner, for an owner may change the mode back; and after it, for it clears set-uid bits.
    guard fchown(file.raw, account.user, account.group) == 0 else { throw Errno.last(attempt) }
    if let mode { try file.setMode(mode, attempt) }
  }

  /// Lets nobody but its owner into a folder: mode 0700.
  public borrowing func close(_ name: String) throws(Errno) {
    try open(name.isEmpty ? "." : name, O_RDONLY | O_DIRECTORY, "open folder")
      .setMode(0o700, "close \(place(name))")
  }

  /// Points a symbolic link to a new target in one step: whoever looks sees the old or the new.
  public borrowing func pointLink(_ name: String, to target: String) throws(Errno) {
    let last = try last(of: name)
    let parent = try parent(of: name)
    // The time too, for in namespaces of their own two runs side by side are both process 1.
    let fresh = "\(last).\(getpid()).\(MonotonicClock.nanoseconds).new"
    guard unsafe symlinkat(target, parent.raw, fresh) == 0 else {
      throw Errno.last("make link \(place(name))")
    }
    guard unsafe renameat(parent.raw, fresh, parent.raw, last) == 0 else {
      throw Errno.last("move link to \(place(name))")
    }
  }

  private borrowing func last(of name: String) throws(Errno) -> String {
    guard let last = name.split(separator: "/").last, last != "..", last != "." else {
      throw Errno(EXDEV, "make \(place(name))")
    }
    return String(last)
  }

  private borrowing func parent(of name: String) throws(Errno) -> Descriptor {
    let above = name.split(separator: "/").dropLast().joined(separator: "/")
    return try open(above.isEmpty ? "." : above, O_DIRECTORY, "open folder")
  }
}

extension Descriptor {
  func setMode(_ mode: UInt32, _ attempt: String) throws(Errno) {
    guard fchmod(raw, mode & 0o7777) == 0 else { throw Errno.last(attempt) }
  }
}
