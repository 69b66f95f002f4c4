internal import CLinux
internal import Glibc

/// Whole folders, copied with owners and modes. Walked without recursion, by descriptors, and never
/// through a symbolic link: whoever owns the source may change it meanwhile and gains nothing by it.
/// (They are removed by `Files`.)
public enum FolderTree {
  /// How deep folders may lie in one another.
  public static let depth = 128

  /// Copies a folder to a place that does not exist yet: folders, files and symbolic links, with
  /// owner, group and permissions. Sockets, pipes and devices are left out.
  ///
  /// Neither the source nor the place may be a link; links on the way to them are followed.
  public static func copy(_ source: String, to target: String) throws(Errno) {
    try copy(
      Beneath(parent(source)).folder(last(source)), to: Beneath(parent(target)), as: last(target))
  }

  /// The same below folders that are open already: `name` is a folder that is made in `target`.
  public static func copy(
    _ source: borrowing Beneath, to target: borrowing Beneath, as name: String
  ) throws(Errno) {
    let own = try source.open(".", O_RDONLY | O_DIRECTORY, "open folder")
    var open = [try CopiedFolder(own, into: target.folder.raw, as: name)]
    while let frame = open.last {
      guard let name = frame.names.popLast() else {
        try frame.finish()
        open.removeLast()
        continue
      }
      guard let below = try frame.copy(name) else { continue }
      guard open.count < depth else { throw Errno(ENAMETOOLONG, "copy \(name): too deep a folder") }
      open.append(below)
    }
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func last(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}

/// A folder that is being copied: its own and its copy, which is this process's own until it is complete.
private final class CopiedFolder {
  let source: Descriptor
  let target: Descriptor
  let info: stat
  var names: [String]

  init(_ source: consuming Descriptor, into parent: Int32, as name: String) throws(Errno) {
    let attempt = "make folder \(name)"
    info = try source.status("look at \(name)")
    names = try source.names("list \(name)").reversed()
    guard unsafe mkdirat(parent, name, 0o700) == 0 else { throw Errno.last(attempt) }
    target = Descriptor(
      owning: try Errno.check(
        unsafe cl_open_beneath(parent, name, O_RDONLY | O_DIRECTORY, 0), attempt))
    self.source = source
  }

  /// Copies one entry; a folder is only begun.
  func copy(_ name: String) throws(Errno) -> CopiedFolder? {
    var info = stat()
    guard unsafe fstatat(source.raw, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw Errno.last("look at \(name)")
    }
    switch info.st_mode & S_IFMT {
    case S_IFDIR:
      return try CopiedFolder(open(name, O_RDONLY | O_DIRECTORY), into: target.raw, as: name)
    case S_IFREG: try copyFile(name)
    case S_IFLNK: try copyLink(name, info)
    default: break
    }
    return nil
  }

  /// The copy gets its owner and its permissions: nothing is made in it any more.
  func finish() throws(Errno) { try target.own(like: info, "give a folder to its owner") }

  private func open(_ name: String, _ flags: Int32) throws(Errno) -> Descriptor {
    Descriptor(
      owning: try Errno.check(unsafe cl_open_beneath(source.raw, name, flags, 0), "open \(name)"))
  }

  private func copyFile(_ name: String) throws(Errno) {
    let input = try open(name, O_RDONLY | O_NONBLOCK)
    let info = try input.status("look at \(name)")
    // It was a file when it was looked at: what came in its place is left out.
    guard info.st_mode & S_IFMT == S_IFREG else { return }
    let flags = O_WRONLY | O_CREAT | O_EXCL
    let output = Descriptor(
      owning: try Errno.check(
        unsafe cl_open_beneath(target.raw, name, flags, 0o600), "make file \(name)"))
    while true {
      let bytes = try input.read(upTo: 1 << 20)
      if bytes.isEmpty { break }
      try output.write(bytes)
    }
    try output.own(like: info, "give \(name) to its owner")
  }

  private func copyLink(_ name: String, _ info: stat) throws(Errno) {
    var text = [UInt8](repeating: 0, count: 4096)
    let count = try Errno.retrying("read link \(name)") {
      unsafe text.withUnsafeMutableBytes { bytes in
        unsafe readlinkat(
          source.raw, name, bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
      }
    }
    let goal = String(decoding: text[..<count], as: UTF8.self)
    guard unsafe symlinkat(goal, target.raw, name) == 0,
      unsafe fchownat(target.raw, name, info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) == 0
    else { throw Errno.last("make link \(name)") }
  }
}

extension Descriptor {
  /// Owner first, for a change of owner clears the set-uid bits.
  fileprivate func own(like info: stat, _ attempt: String) throws(Errno) {
    guard fchown(raw, info.st_uid, info.st_gid) == 0 else { throw Errno.last(attempt) }
    try setMode(info.st_mode, attempt)
  }
}
