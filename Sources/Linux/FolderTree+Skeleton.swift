internal import Glibc

/// Looking at trees of the machine without copying what is in them.
extension FolderTree {
  /// Makes the folders below `source` below `target`, so many levels deep, with owners and
  /// permissions, and the symbolic links of the first level; no file. What this process may not
  /// list stays empty, and owners that it may not give stay its own.
  public static func copyFolders(
    _ source: String, to target: String, depth: Int
  ) throws(Errno) {
    try copyPart(of: source, to: target, depth: depth, hasFiles: false, leavingOut: [])
  }

  /// Copies what is below `source` into the folder `target`: folders, files and links, but for the
  /// paths (from `source`) that are named, and for what this process may not read. Owners that it
  /// may not give stay its own.
  public static func copyReadable(
    _ source: String, to target: String, leavingOut hidden: Set<String>
  ) throws(Errno) {
    try copyPart(of: source, to: target, depth: .max, hasFiles: true, leavingOut: hidden)
  }

  private static func copyPart(
    of source: String, to target: String, depth: Int, hasFiles: Bool, leavingOut: Set<String>
  ) throws(Errno) {
    var waiting = [(path: "", depth: depth)]
    while let next = waiting.popLast() {
      for name in (try? Files.list(source + next.path)) ?? [] {
        let path = "\(next.path)/\(name)"
        let (from, to) = (source + path, target + path)
        guard !leavingOut.contains(String(path.dropFirst())), let info = try? look(at: from) else {
          continue
        }
        switch info.st_mode & S_IFMT {
        case S_IFDIR where next.depth > 0:
          try Files.makeFolder(to, mode: 0o700)
          try give(to, like: info)
          waiting.append((path, next.depth - 1))
        case S_IFLNK where hasFiles || next.depth == depth:
          try Files.makeLink(to, to: try Files.link(from))
        case S_IFREG where hasFiles && Files.isReadable(from):
          try copyFile(from, to)
          try give(to, like: info)
        default: continue
        }
      }
    }
  }

  /// Files and folders below `root` that not every user of the machine may read, as paths from
  /// there, parents first; what lies in a folder that is named is not named again.
  public static func unreadable(below root: String) throws(Errno) -> [String] {
    var found: [String] = []
    var waiting = [""]
    while let folder = waiting.popLast() {
      for name in (try? Files.list(root + folder)) ?? [] {
        let path = "\(folder)/\(name)"
        guard let info = try? look(at: root + path) else { continue }
        let isFolder = info.st_mode & S_IFMT == S_IFDIR
        if info.st_mode & S_IFMT == S_IFLNK { continue }
        let needed: mode_t = isFolder ? 0o005 : 0o004
        if info.st_mode & needed != needed {
          found.append(String(path.dropFirst()))
        } else if isFolder {
          waiting.append(path)
        }
      }
    }
    return found.sorted()
  }

  /// Makes one folder with the owner and permissions of another; keeps one that exists.
  public static func makeFolder(_ path: String, like other: String) throws(Errno) {
    if Files.isFolder(path) { return }
    try Files.makeFolder(path, mode: 0o700)
    try give(path, like: try look(at: other))
  }

  private static func look(at path: String) throws(Errno) -> stat {
    var info = stat()
    guard unsafe lstat(path, &info) == 0 else { throw Errno.last("look at \(path)") }
    return info
  }

  private static func copyFile(_ source: String, _ target: String) throws(Errno) {
    let input = try Descriptor.open(source, .read)
    let output = try Descriptor.open(target, .replace)
    while true {
      let bytes = try input.read(upTo: 1 << 20)
      if bytes.isEmpty { return }
      try output.write(bytes)
    }
  }

  private static func give(_ path: String, like info: stat) throws(Errno) {
    if unsafe lchown(path, info.st_uid, info.st_gid) != 0 {
      // In a user namespace not every number means somebody.
      let error = Errno.last("give \(path) to its owner")
      guard error.code == EPERM || error.code == EINVAL else { throw error }
    }
    guard unsafe chmod(path, info.st_mode & 0o7777) == 0 else { throw Errno.last("chmod \(path)") }
  }
}
