import Basics
import Linux

/// Prepared data folders, kept between runs and used again as long as nothing that made them has
/// changed: an empty database cluster need not be made anew each time.
///
/// An entry is a folder named for a hash of its key, holding the key itself (so that a collision
/// is noticed) and the data. Entries are made beside their place and moved there in one step;
/// two runs that prepare the same at once do no harm. Nobody else may look in, for what is kept has the
/// owners that it had in its node, and one of them would find his own data there.
struct DataCache {
  private let reports: String
  private var folder: String { reports + "/" + Self.name }

  private static let name = ".prepared"
  /// The longest key that is read: everything that a component's files come to.
  private static let longestKeyBytes = 256 << 20

  init(in reports: String) { self.reports = reports }

  /// The data of an entry, if there is one.
  func data(for key: String) throws(Errno) -> Beneath? {
    guard Files.exists(folder) else { return nil }
    do throws(Errno) {
      let entry = try Beneath(reports).folder("\(Self.name)/\(Self.hash(key))")
      let kept = try entry.read("key", atMost: Self.longestKeyBytes)
      guard kept == Array(key.utf8) else { return nil }
      return try entry.folder("data")
    } catch {
      if error.isGone { return nil }
      throw error
    }
  }

  /// Copies a folder (owners and modes too) into a new entry.
  func keep(_ source: borrowing Beneath, for key: String) throws(Errno) {
    // Data may hold what only its server is to read, and the key what a file says in full.
    try Files.makeFolder(reports, mode: 0o700)
    let ground = try Beneath(reports)
    try ground.makeFolder(Self.name, mode: 0o700)
    try ground.close(Self.name)
    try sweep()
    let name = Self.hash(key) + Self.unfinished + "\(WallClock.nanoseconds)"
    let fresh = folder + "/" + name
    try ground.makeFolder("\(Self.name)/\(name)")
    let entry = try ground.folder("\(Self.name)/\(name)")
    try FolderTree.copy(source, to: entry, as: "data")
    try entry.create("key", Array(key.utf8), mode: 0o600)
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
