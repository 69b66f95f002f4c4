internal import Linux

/// A `history.sqlite` before SQLite opens it: a file itself and no link, and so are the files that SQLite
/// keeps beside it.
struct ArchiveFile {
  /// Without symbolic links on the way.
  let path: String

  /// What SQLite opens along with a database, by what its name ends in; the log may be there where a run
  /// was killed.
  private static let endings = ["", "-wal", "-shm", "-journal"]

  init(_ given: String) throws(ArchiveError) {
    let kinds: [(ending: String, kind: Beneath.Kind?)]
    do throws(Errno) {
      let parts = given.split(separator: "/", omittingEmptySubsequences: false)
      let above = parts.dropLast().joined(separator: "/")
      let folder = try Files.realFolder(parts.count == 1 ? "." : above + "/")
      let name = String(parts.last ?? "")
      let ground = try Beneath(folder)
      var found: [(ending: String, kind: Beneath.Kind?)] = []
      for ending in Self.endings { found.append((ending, try ground.kind(of: name + ending))) }
      kinds = found
      path = folder == "/" ? "/" + name : folder + "/" + name
    } catch {
      throw .file(path: given, error)
    }
    for (ending, kind) in kinds {
      guard let kind, kind != .file else { continue }
      throw .unrecognised(
        path: given + ending,
        kind == .link
          ? "it is a symbolic link, and a run's folder has none here; name the file itself"
          : "it is no regular file")
    }
  }
}
