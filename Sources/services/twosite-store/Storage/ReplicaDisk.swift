import Glibc

/// What is to become durable, all or, in this order, some of it.
struct DiskWrite: Sendable, Equatable {
  var ballot: Ballot?
  /// Takes the place of the log up to it; `entries` are then all that the log has behind it.
  var snapshot: Snapshot?
  /// Each replaces those of its index and later.
  var entries: [LogEntry] = []
}

/// What was durable when a member starts.
struct Recovered: Sendable, Equatable {
  var ballot = Ballot()
  var snapshot = Snapshot(.start, [])
  var entries: [LogEntry] = []
}

/// A member's files: `log`, `snapshot`, `ballot` and the lock that keeps a second process out.
struct ReplicaDisk: ~Copyable {
  private let folder: String
  private let defects: Set<Defect>
  private let lock: FolderLock
  private var log: StoredFile

  /// Opens the folder, made where it is not there, and reads what is in it.
  static func open(_ folder: String, defects: Set<Defect>, into recovered: inout Recovered)
    throws(StoreError) -> ReplicaDisk
  {
    let lock = try FolderLock.take(folder)
    let path = folder + "/log"
    let isChecked = !defects.contains(.bitFlipNotNoticed)
    if let bytes = try Sealed.read(folder + "/ballot", isChecked: isChecked) {
      recovered.ballot = Ballot(bytes) ?? Ballot()
    }
    let snapshot = try Sealed.read(folder + "/snapshot", isChecked: isChecked)
    recovered.snapshot = snapshot.flatMap { Snapshot($0) } ?? recovered.snapshot
    guard let bytes = try StoredFile.read(path) else {
      try StoredFile.replace(path, with: Self.beginning(recovered.snapshot.point))
      return try ReplicaDisk(folder, defects, lock)
    }
    let scan = try LogScan(bytes, file: path, defects: defects)
    recovered.entries = try Self.entries(of: scan, behind: recovered.snapshot.point, path)
    if defects.contains(.losesLogTailOnRestart) {
      recovered.entries.removeLast(min(5, recovered.entries.count))
    }
    var disk = try ReplicaDisk(folder, defects, lock)
    if scan.wholeBytes < bytes.count { try disk.log.cut(to: scan.wholeBytes) }
    let isOther = !defects.isDisjoint(with: [.losesLogTailOnRestart, .acceptsTornRecord])
    if scan.base != recovered.snapshot.point || isOther {
      try disk.beginLog(recovered.snapshot.point, recovered.entries)
    }
    return disk
  }

  private init(_ folder: String, _ defects: Set<Defect>, _ lock: consuming FolderLock)
    throws(StoreError)
  {
    self.folder = folder
    self.defects = defects
    self.lock = lock
    log = try StoredFile(folder + "/log")
  }

  /// Returns once all of it is durable, with one sync for all entries.
  mutating func write(_ write: DiskWrite) throws(StoreError) {
    if let ballot = write.ballot, !defects.contains(.voteNotPersisted) {
      try Sealed.write(ballot.bytes, to: folder + "/ballot")
    }
    if let snapshot = write.snapshot {
      try Sealed.write(snapshot.bytes, to: folder + "/snapshot")
      return try beginLog(snapshot.point, write.entries)
    }
    if write.entries.isEmpty { return }
    try log.append(write.entries.flatMap(LogRecord.bytes))
    if !defects.contains(.acknowledgesBeforeFsync) { try log.sync() }
  }

  private mutating func beginLog(_ base: LogPoint, _ entries: [LogEntry]) throws(StoreError) {
    let records = Self.beginning(base) + entries.flatMap(LogRecord.bytes)
    try StoredFile.replace(folder + "/log", with: records)
    log = try StoredFile(folder + "/log")
  }

  private static func beginning(_ base: LogPoint) -> [UInt8] {
    LogRecord.bytes(LogEntry(index: base.index, term: base.term, kind: .base, command: []))
  }

  /// What the log has behind the snapshot. A crash between the two leaves a log that begins
  /// elsewhere.
  private static func entries(of scan: LogScan, behind point: LogPoint, _ path: String)
    throws(StoreError) -> [LogEntry]
  {
    if scan.base == point { return scan.entries }
    if point == .start {
      throw .damaged(file: path, offset: 0, "the snapshot that the log follows is missing")
    }
    guard scan.entries.contains(where: { $0.point == point }) else { return [] }
    return scan.entries.filter { $0.index > point.index }
  }
}
