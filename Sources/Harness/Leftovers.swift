internal import Basics
internal import Glibc
public import Linux

/// What runs left below a reports folder, to be removed when it is old.
///
/// A folder counts only where its name is that of a run, a series, a matrix, an exploration
/// (`<stamp>-<seed>…`, two levels below the reports folder) or a call (one level) and a file in it is one that those make, so nothing that
/// somebody else keeps there is ever taken.
public struct Leftovers: Sendable {
  /// What one of them left.
  public struct Leftover: Sendable {
    /// Below the reports folder: `stack/experiment/20260131T081500Z-7`.
    public let name: String
    /// When it began, in nanoseconds since 1970.
    public let began: Int64
    /// What it takes on the disk.
    public let bytes: Int64
    /// Whether it came to an end: there is a result.
    public let hasEnded: Bool
  }

  /// The reports folder.
  public let reports: String

  /// Nothing is looked at yet.
  public init(reports: String) { self.reports = reports }

  /// All of them, the oldest first.
  public func all() throws(Errno) -> [Leftover] {
    var found: [Leftover] = []
    for stack in try folders(reports) {
      for experiment in try folders("\(reports)/\(stack)") {
        let parent = "\(stack)/\(experiment)"
        if let call = try leftover(parent) {
          found.append(call)
          continue
        }
        for run in try folders("\(reports)/\(parent)") {
          if let run = try leftover("\(parent)/\(run)") { found.append(run) }
        }
      }
    }
    return found.sorted { ($0.began, $0.name) < ($1.began, $1.name) }
  }

  /// Nil where a folder is none of ours.
  private func leftover(_ name: String) throws(Errno) -> Leftover? {
    let last = String(name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...])
    guard let began = Self.moment(ofFolder: last) else { return nil }
    let path = "\(reports)/\(name)"
    let names = try Files.list(path)
    guard names.contains(where: Self.marks.contains) else { return nil }
    return Leftover(
      name: name, began: began, bytes: try Files.treeBytes(path),
      // A call's files are there from its beginning.
      hasEnded: names.contains(where: Self.ends.contains) && !names.contains("call.json"))
  }

  /// Those that began before a moment. One without an end may still be under way, so it is left alone for a day, and
  /// as long as it is among the living.
  public func old(_ all: [Leftover], before moment: Int64, living: [Living]) -> [Leftover] {
    let dayAgo = WallClock.nanoseconds - Self.day
    let alive = Set(living.compactMap { try? Files.realFolder($0.folder) })
    return all.filter { leftover in
      guard leftover.began < moment, leftover.hasEnded || leftover.began < dayAgo else {
        return false
      }
      guard let place = try? Files.realFolder("\(reports)/\(leftover.name)") else { return false }
      return !alive.contains(place)
    }
  }

  /// Removes one, and what is empty after that: the `latest` that led to it, the folders above it.
  public func remove(_ leftover: Leftover) throws(Errno) {
    try Files.removeTree("\(reports)/\(leftover.name)")
    var above = leftover.name
    while let slash = above.lastIndex(of: "/") {
      above = String(above[..<slash])
      let folder = "\(reports)/\(above)"
      let latest = folder + "/latest"
      if (try? Files.link(latest)) != nil, !Files.exists(latest) {
        try Files.remove(latest)
        try pointLatest(in: folder)
      }
      guard try Files.list(folder).isEmpty else { return }
      try Files.removeTree(folder)
    }
  }

  /// To the newest run that is left.
  private func pointLatest(in folder: String) throws(Errno) {
    let left = try folders(folder).filter { name in
      Self.moment(ofFolder: name) != nil
        && ["plan.json", "call.json"].contains { Files.exists("\(folder)/\(name)/\($0)") }
    }
    if let newest = left.max() { try Files.makeLink(folder + "/latest", to: newest) }
  }

  /// Folders themselves, no links and nothing hidden.
  private func folders(_ path: String) throws(Errno) -> [String] {
    guard Files.isFolder(path) else { return [] }
    return try Files.list(path).filter { name in
      !name.hasPrefix(".") && Files.isFolder("\(path)/\(name)")
        && (try? Files.link("\(path)/\(name)")) == nil
    }
  }

  /// When a folder of that name was begun; nil where it is no run's.
  static func moment(ofFolder name: String) -> Int64? {
    let stamp = name.prefix { $0 != "-" }
    guard name.count > stamp.count, stamp.count == 16, stamp.hasSuffix("Z") else { return nil }
    let digits = stamp.filter(\.isNumber)
    guard digits.count == 14, Array(stamp)[8] == "T" else { return nil }
    func number(_ range: Range<Int>) -> Int32 { Int32(String(Array(digits)[range])) ?? 0 }
    var parts = unsafe tm()
    unsafe parts.tm_year = number(0..<4) - 1900
    unsafe parts.tm_mon = number(4..<6) - 1
    unsafe parts.tm_mday = number(6..<8)
    unsafe parts.tm_hour = number(8..<10)
    unsafe parts.tm_min = number(10..<12)
    unsafe parts.tm_sec = number(12..<14)
    return Int64(unsafe timegm(&parts)) * 1_000_000_000
  }

  private static let day: Int64 = 86_400_000_000_000
  /// What only runs leave.
  private static let marks: Set = [
    "junit.xml",
    "plan.json", "result.json", "series.json", "matrix.json", "explore.json", "call.json",
    "history.sqlite",
    "journal.jsonl",
  ]
  /// What they leave at their end.
  private static let ends: Set = [
    "junit.xml", "result.json", "series.json", "matrix.json", "explore.json",
  ]
}
