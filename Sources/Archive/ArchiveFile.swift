internal import Linux
internal import SQLite

/// A `history.sqlite` before SQLite opens it: a file itself and no link, and so are the files that SQLite
/// keeps beside it; together they are no larger than their reader takes.
///
/// Whoever may write in the folder can put something else there at any moment, so the folder is held open
/// and SQLite opens what it opens beneath it, without following a link.
struct ArchiveFile: ~Copyable {
  private let folder: Beneath
  private let name: String

  /// What SQLite opens along with a database, by what its name ends in; the log may be there where a run
  /// was killed.
  private static let endings = ["", "-wal", "-shm", "-journal"]

  /// - Parameter limit: how many bytes the files may have together.
  static func find(_ given: String, atMost limit: Int) throws(ArchiveError) -> ArchiveFile {
    let parts = given.split(separator: "/", omittingEmptySubsequences: false)
    let above = parts.dropLast().joined(separator: "/")
    do {
      let folder = try Beneath(parts.count == 1 ? "." : above + "/")
      let file = ArchiveFile(folder: folder, name: String(parts.last ?? ""))
      let bytes = try file.bytes(as: given)
      guard bytes <= limit else {
        throw ArchiveError.tooLarge(path: given, bytes: bytes, limit: limit)
      }
      return file
    } catch let error as Errno {
      throw .file(path: given, error)
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw .unrecognised(path: given, "\(error)")
    }
  }

  private init(folder: consuming Beneath, name: String) {
    self.folder = folder
    self.name = name
  }

  /// What the files have together.
  ///
  /// - Throws: `ArchiveError` where one of them is none.
  private borrowing func bytes(as given: String) throws -> Int {
    var bytes = 0
    for ending in Self.endings {
      guard let seen = try folder.look(at: name + ending) else { continue }
      guard seen.kind == .file else {
        throw ArchiveError.unrecognised(
          path: given + ending,
          seen.kind == .link
            ? "it is a symbolic link, and a run's folder has none here; name the file itself"
            : "it is no regular file")
      }
      // A file may claim any size.
      bytes += min(seen.bytes, .max - bytes)
    }
    return bytes
  }

  /// Opens it; this file must live for as long as the database does.
  borrowing func open() throws(SQLiteError) -> Database {
    try Database(reading: name, inFolder: folder.raw)
  }
}
