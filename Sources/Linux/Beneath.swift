internal import CLinux
internal import Glibc

/// A folder below which files are read and made without ever leaving it: no path leads above it, and no
/// symbolic link is followed, whoever else may write there at the same time.
///
/// Everything is done by descriptors, by openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, or
/// part by part where the kernel has none. A path that would leave is `EXDEV`, a link `ELOOP`.
public struct Beneath: ~Copyable, Sendable {
  /// As errors name it; what it is now is for the descriptor to say.
  public let path: String
  let folder: Descriptor

  /// Opens the folder itself; links on the way to it are followed, for whoever names it chose it.
  public init(_ path: String) throws(Errno) {
    folder = try Descriptor.open(path, .folder)
    self.path = path
  }

  init(path: String, folder: consuming Descriptor) {
    self.path = path
    self.folder = folder
  }

  /// A folder below this one, `a/b`; `EXDEV` and `ELOOP` as for every path here.
  public borrowing func folder(_ name: String) throws(Errno) -> Beneath {
    let flags = O_RDONLY | O_DIRECTORY
    return Beneath(path: place(name), folder: try open(name, flags, "open folder"))
  }

  /// All of a regular file.
  ///
  /// - Parameter limit: in bytes; a longer file is `EFBIG`, and one that is no regular file `EINVAL`,
  ///   without waiting for who might write into it.
  public borrowing func read(_ name: String, atMost limit: Int) throws(Errno) -> [UInt8] {
    let file = try open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY, "open")
    return try file.readRegular(atMost: limit, "read \(place(name))")
  }

  /// What stands under a name.
  public enum Kind: Sendable {
    case file, folder, link, other
  }

  /// What stands under a name in this folder, itself and not where it leads; nil when nothing does.
  public borrowing func kind(of name: String) throws(Errno) -> Kind? {
    try look(at: name)?.kind
  }

  /// The same, and how many bytes a file has.
  public borrowing func look(at name: String) throws(Errno) -> (kind: Kind, bytes: Int)? {
    var info = stat()
    guard unsafe fstatat(folder.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
      let error = Errno.last("look at \(place(name))")
      if error.isGone { return nil }
      throw error
    }
    let kind: Kind =
      switch info.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    return (kind, Int(info.st_size))
  }

  /// The number of the open folder. Valid while this owner lives.
  public var raw: Int32 { folder.raw }

  /// The names in this folder, sorted, without `.` and `..`.
  public borrowing func names() throws(Errno) -> [String] {
    try folder.names("list \(path)")
  }

  borrowing func place(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

  borrowing func open(
    _ name: String, _ flags: Int32, mode: UInt32 = 0, _ attempt: String
  ) throws(Errno) -> Descriptor {
    let raw = unsafe cl_open_beneath(folder.raw, name, flags, mode)
    return Descriptor(owning: try Errno.check(raw, "\(attempt) \(place(name))"))
  }
}

extension Errno {
  /// A symbolic link stood where none is followed.
  public var isLink: Bool { code == ELOOP }
  /// The path would have led out of the folder that it was seen from.
  public var isOutside: Bool { code == EXDEV }
  /// The file is larger than the reader takes.
  public var isTooLarge: Bool { code == EFBIG }
  /// What is there is not what was asked for: a device in place of a file.
  public var isOther: Bool { code == EINVAL }
  /// What should be a folder on the way is none.
  public var isNoFolder: Bool { code == ENOTDIR }
}

extension Files {
  /// All of a regular file, links followed.
  ///
  /// - Parameter limit: in bytes; a longer file is `EFBIG`, and one that is no regular file `EINVAL`,
  ///   without waiting for who might write into it.
  public static func read(_ path: String, atMost limit: Int) throws(Errno) -> [UInt8] {
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
    let file = Descriptor(owning: try Errno.check(unsafe cl_open(path, flags, 0), "open \(path)"))
    return try file.readRegular(atMost: limit, "read \(path)")
  }
}

extension Descriptor {
  fileprivate func readRegular(atMost limit: Int, _ attempt: String) throws(Errno) -> [UInt8] {
    let info = try status(attempt)
    guard info.st_mode & S_IFMT == S_IFREG else { throw Errno(EINVAL, attempt) }
    var bytes: [UInt8] = []
    while true {
      let part = try read(upTo: min(65_536, limit + 1 - bytes.count))
      if part.isEmpty { return bytes }
      bytes += part
      guard bytes.count <= limit else { throw Errno(EFBIG, attempt) }
    }
  }

  func status(_ attempt: String) throws(Errno) -> stat {
    var info = stat()
    guard unsafe fstat(raw, &info) == 0 else { throw Errno.last(attempt) }
    return info
  }

  /// The names in an open folder.
  func names(_ attempt: String) throws(Errno) -> [String] {
    // Another open file, for reading moves the place that all duplicates share.
    let again = unsafe cl_open_beneath(raw, ".", O_RDONLY | O_DIRECTORY, 0)
    let fd = try Errno.check(again, attempt)
    guard let stream = unsafe fdopendir(fd) else {
      let error = Errno.last(attempt)
      _ = Glibc.close(fd)
      throw error
    }
    defer { unsafe closedir(stream) }
    return unsafe Files.names(in: stream)
  }
}
