internal import CLinux
internal import Glibc

/// Whole folders, copied with owners and modes. Walked without recursion, and never through a
/// symbolic link. (They are removed by `Files`.)
public enum FolderTree {
  /// Copies a folder to a place that does not exist yet: folders, files and symbolic links, with
  /// owner, group and permissions. Sockets, pipes and devices are left out.
  public static func copy(_ source: String, to target: String) throws(Errno) {
    var waiting = [(source, target)]
    while let (from, to) = waiting.popLast() {
      let info = try look(at: from)
      switch info.st_mode & S_IFMT {
      case S_IFDIR:
        guard unsafe mkdir(to, 0o700) == 0 else { throw Errno.last("make folder \(to)") }
        for name in try Files.list(from) { waiting.append(("\(from)/\(name)", "\(to)/\(name)")) }
      case S_IFREG: try copyFile(from, to)
      case S_IFLNK:
        guard unsafe symlink(try Files.link(from), to) == 0 else {
          throw Errno.last("make link \(to)")
        }
      default: continue
      }
      try own(to, like: info)
    }
  }

  /// Gives a path to a user and a group.
  public static func own(_ path: String, by account: Account) throws(Errno) {
    guard unsafe lchown(path, account.user, account.group) == 0 else {
      throw Errno.last("give \(path) to \(account.name)")
    }
  }

  static func look(at path: String) throws(Errno) -> stat {
    var info = stat()
    guard unsafe lstat(path, &info) == 0 else { throw Errno.last("look at \(path)") }
    return info
  }

  private static func own(_ path: String, like info: stat) throws(Errno) {
    guard unsafe lchown(path, info.st_uid, info.st_gid) == 0 else {
      throw Errno.last("give \(path) to its owner")
    }
    // A symbolic link has no permissions of its own.
    if info.st_mode & S_IFMT == S_IFLNK { return }
    guard unsafe chmod(path, info.st_mode & 0o7777) == 0 else {
      throw Errno.last("chmod \(path)")
    }
  }

  static func copyFile(_ source: String, _ target: String) throws(Errno) {
    let input = try Descriptor.open(source, .read)
    let output = try Descriptor.open(target, .replace)
    while true {
      let bytes = try input.read(upTo: 1 << 20)
      if bytes.isEmpty { return }
      try output.write(bytes)
    }
  }
}
