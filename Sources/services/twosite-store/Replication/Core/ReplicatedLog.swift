/// The log in memory: what is behind the newest snapshot.
struct ReplicatedLog: Sendable {
  /// What the snapshot ends with.
  private(set) var base: LogPoint
  private(set) var entries: [LogEntry]

  init(base: LogPoint, entries: [LogEntry] = []) {
    self.base = base
    self.entries = entries
  }

  var last: LogPoint { entries.last?.point ?? base }

  /// The term of the entry; nil where it is before the snapshot or not there yet.
  func term(at index: UInt64) -> UInt64? {
    if index == base.index { return base.term }
    return self[index]?.term
  }

  /// The entry; nil where it is in the snapshot or not there yet.
  subscript(index: UInt64) -> LogEntry? {
    guard index > base.index, index <= last.index else { return nil }
    return entries[Int(index - base.index - 1)]
  }

  /// At most so many entries from `first` on, and not much more than a megabyte.
  func entries(from first: UInt64, atMost count: Int) -> [LogEntry] {
    guard first > base.index, first <= last.index else { return [] }
    var bytes = 0
    let some = entries[Int(first - base.index - 1)...].prefix(count)
    let few = some.prefix { entry in
      defer { bytes += entry.command.count }
      return bytes < 1 << 20
    }
    return Array(few)
  }

  mutating func append(_ entry: LogEntry) {
    precondition(entry.index == last.index + 1)
    entries.append(entry)
  }

  /// Forgets what is behind `index`.
  mutating func cut(after index: UInt64) {
    precondition(index >= base.index)
    entries.removeLast(min(entries.count, Int(last.index - min(index, last.index))))
  }

  /// Forgets what the snapshot at `point` holds; everything, where the log is not the snapshot's
  /// there.
  mutating func begin(at point: LogPoint) {
    let isKept = term(at: point.index) == point.term
    entries = isKept ? Array(entries.drop { $0.index <= point.index }) : []
    base = point
  }
}
