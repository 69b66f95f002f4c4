import Basics
import Linux

/// Prepared data folders, kept between runs and used again as long as nothing that made them has
/// changed: an empty database cluster need not be made anew each time.
///
/// An entry is a folder named for a hash of its key, holding the key itself (so that a collision
/// is noticed) and the data. Entries are made beside their place and moved there in one step;
/// two runs that prepare the same at once do no harm.
struct DataCache {
  private let folder: String

  init(in reports: String) { folder = reports + "/.prepared" }

  /// The data of an entry, if there is one.
  func data(for key: String) throws(Errno) -> String? {
    let entry = path(key)
    guard Files.exists(entry + "/key"), try Files.read(entry + "/key") == key else { return nil }
    return entry + "/data"
  }

  /// Copies a folder (owners and modes too) into a new entry.
  func keep(_ source: String, for key: String) throws {
    // Data may hold what only its server is to read, and the key what a file says in full.
    try Files.makeFolder(folder, mode: 0o700)
    try sweep()
    let fresh = path(key) + Self.unfinished + "\(WallClock.nanoseconds)"
    try Files.makeFolder(fresh, mode: 0o700)
    try FolderTree.copy(source, to: fresh + "/data")
    try Files.write(key, to: fresh + "/key")
    do throws(Errno) {
      try Files.rename(fresh, to: path(key))
    } catch {
      // Somebody else kept the same meanwhile.
      try Files.removeTree(fresh)
    }
  }

  /// Removes what runs that were killed while they kept something left behind.
  private func sweep() throws(Errno) {
    let old = WallClock.nanoseconds - Self.patience.nanoseconds
    for name in try Files.list(folder) {
      guard let mark = name.firstRange(of: Self.unfinished),
        let began = Int64(name[mark.upperBound...]), began < old
      else { continue }
      try Files.removeTree(folder + "/" + name)
    }
  }

  /// Between the name of an entry and when it was begun.
  private static let unfinished = ".new."
  /// Nobody takes this long to copy a folder.
  private static let patience = Duration.seconds(600)

  private func path(_ key: String) -> String { folder + "/" + Self.hash(key) }

  /// Two FNV-1a sums with different beginnings, 128 bits in all; only a name, the key decides.
  static func hash(_ key: String) -> String {
    let sums = [0xcbf2_9ce4_8422_2325 as UInt64, 0x6c62_272e_07bb_0142].map { start in
      key.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    return sums.map { sum in
      let text = String(sum, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }
}
