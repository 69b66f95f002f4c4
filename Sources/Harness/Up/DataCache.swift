import Basics
import Linux

/// Prepared data folders, kept between runs and used again as long as nothing that made them has
/// changed: an empty database cluster need not be made anew each time.
///
/// An entry is a folder named for a hash of its key, holding the key itself (so that a collision
/// is noticed) and the data. Entries are made beside their place and moved there in one step;
/// two runs that prepare the same at once do no harm. Nobody else may look in, for what is kept has the
/// owners that it had in its node, and one of them would find his own data there.
///
/// All entries together take no more than a limit: what was not used for longest gives way to what is new.
struct DataCache {
  private let place: CachePlace
  private let limitBytes: Int64
  private var folder: String { place.path }

  /// What all entries may take, in bytes, unless told otherwise: 2 GiB.
  static let usualLimitBytes: Int64 = 2 << 30
  /// The longest key that is read: everything that a component's files come to.
  private static let longestKeyBytes = 256 << 20

  init(at place: CachePlace, limitBytes: Int64 = usualLimitBytes) {
    self.place = place
    self.limitBytes = limitBytes
  }

  /// The data of an entry, if there is one.
  func data(for key: String) throws(Errno) -> Beneath? {
    guard Files.exists(folder) else { return nil }
    do throws(Errno) {
      let entry = try Beneath(place.base).folder("\(place.name)/\(Self.hash(key))")
      let kept = try entry.read("key", atMost: Self.longestKeyBytes)
      guard kept == Array(key.utf8) else { return nil }
      // Whoever makes room next leaves it alone.
      try Files.touch(path(key))
      return try entry.folder("data")
    } catch {
      if error.isGone { return nil }
      throw error
    }
  }

  /// Copies a folder (owners and modes too) into a new entry.
  func keep(_ source: borrowing Beneath, for key: String) throws(Errno) {
    // Data may hold what only its server is to read, and the key what a file says in full.
    try Files.makeFolder(place.base, mode: 0o700)
    let ground = try Beneath(place.base)
    try ground.makeFolder(place.name, mode: 0o700)
    try ground.close(place.name)
    try sweep()
    let name = Self.hash(key) + Self.unfinished + "\(WallClock.nanoseconds)"
    let fresh = folder + "/" + name
    do throws(Errno) {
      try fill(name, of: ground, with: source, for: key)
    } catch {
      try Files.removeTree(fresh)
      throw error
    }
    do throws(Errno) {
      try Files.rename(fresh, to: path(key))
    } catch {
      // Somebody else kept the same meanwhile.
      try Files.removeTree(fresh)
    }
    try makeRoom()
  }

  private func fill(
    _ name: String, of ground: borrowing Beneath, with source: borrowing Beneath, for key: String
  ) throws(Errno) {
    try ground.makeFolder("\(place.name)/\(name)")
    let entry = try ground.folder("\(place.name)/\(name)")
    try FolderTree.copy(source, to: entry, as: "data")
    try entry.create("key", Array(key.utf8), mode: 0o600)
  }

  /// Removes entries until the rest fits, those first that were not used for longest. One that was used a moment
  /// ago stays: somebody may be copying it.
  private func makeRoom() throws(Errno) {
    var entries: [(path: String, used: Int64, bytes: Int64)] = []
    for name in try Files.list(folder) where !name.contains(Self.unfinished) {
      let entry = folder + "/" + name
      guard let used = Files.changed(entry) else { continue }
      entries.append((entry, used, try Files.treeBytes(entry)))
    }
    var all = entries.reduce(0) { $0 + $1.bytes }
    let settled = WallClock.nanoseconds - Self.patience.nanoseconds
    for entry in entries.sorted(by: { $0.used < $1.used }) {
      guard all > limitBytes, entry.used < settled else { return }
      // Moved aside first, so that nobody finds half of it.
      let aside = entry.path + Self.unfinished + "0"
      do throws(Errno) { try Files.rename(entry.path, to: aside) } catch {
        if error.isGone { continue }
        throw error
      }
      try Files.removeTree(aside)
      all -= entry.bytes
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
