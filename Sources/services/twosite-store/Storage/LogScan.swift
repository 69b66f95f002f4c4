/// What a log's bytes hold after a crash at any moment, or after damage.
///
/// A write that the crash tore leaves a bad record and nothing good behind it: it was never
/// acknowledged and is cut. A bad record with a good one behind it, or one that is whole but for a
/// single bit, was whole once and may have been acknowledged: that is damage, and the store does
/// not start with it. (The two are told apart in the sense of Alagappan et al., "Protocol-Aware
/// Recovery for Consensus-Based Storage", FAST 2018, section 3.3.) A replica of Raft whose folder
/// is emptied by its operator is a new member with an old vote, so it does not fetch the log by
/// itself.
struct LogScan: Sendable {
  /// The snapshot that the log follows.
  private(set) var base = LogPoint.start
  /// What is after `base`, in order and without holes.
  private(set) var entries: [LogEntry] = []
  /// How many bytes are good; what is behind them is to be cut.
  private(set) var wholeBytes = 0
  private let file: String

  /// - Parameter defects: what `accepts-torn-record` and `bit-flip-not-noticed` change here.
  init(_ bytes: [UInt8], file: String, defects: Set<Defect> = []) throws(StoreError) {
    self.file = file
    while wholeBytes < bytes.count {
      let rest = bytes[wholeBytes...]
      guard let record = Self.record(in: rest, isChecked: !defects.contains(.bitFlipNotNoticed))
      else {
        try refuseDamage(rest)
        if defects.contains(.acceptsTornRecord) { acceptTorn(rest) }
        break
      }
      try take(LogRecord.entry(in: record)!)
      wholeBytes += record.count
    }
    if wholeBytes == 0 { throw damage("the log has no beginning") }
  }

  private static func record(in rest: ArraySlice<UInt8>, isChecked: Bool) -> ArraySlice<UInt8>? {
    guard let size = LogRecord.size(at: rest), size <= rest.count else { return nil }
    let record = rest.prefix(size)
    if isChecked && !LogRecord.isWhole(record) { return nil }
    return LogRecord.entry(in: record) == nil ? nil : record
  }

  /// An entry replaces those of its index and later: that is how a follower's log is cut.
  private mutating func take(_ entry: LogEntry) throws(StoreError) {
    let next = (entries.last?.index ?? base.index) + 1
    if entry.kind == .base {
      guard wholeBytes == 0 else { throw damage("a log begins within the log") }
      base = entry.point
      return
    }
    guard wholeBytes > 0, entry.index <= next, entry.index > base.index else {
      throw damage("entry \(entry.index) stands where entry \(next) is expected")
    }
    entries.removeLast(Int(next - entry.index))
    entries.append(entry)
  }

  private func refuseDamage(_ rest: ArraySlice<UInt8>) throws(StoreError) {
    if LogRecord.isOneFlipAway(rest) { throw damage("the last record has a flipped bit") }
    let next = (entries.last?.index ?? base.index) + 1
    for start in rest.indices.dropFirst() {
      guard let record = Self.plausible(rest[start...], upTo: next + UInt64(rest.count)),
        LogRecord.isWhole(record)
      else { continue }
      throw damage("a damaged record has a whole one behind it, at byte \(start)")
    }
  }

  /// A cheap look before a checksum is computed at every byte.
  private static func plausible(
    _ rest: ArraySlice<UInt8>, upTo index: UInt64
  ) -> ArraySlice<UInt8>? {
    guard let size = LogRecord.size(at: rest), size >= LogRecord.leastBytes, size <= rest.count,
      let entry = LogRecord.entry(in: rest.prefix(LogRecord.leastBytes)), entry.index <= index
    else { return nil }
    return rest.prefix(size)
  }

  private mutating func acceptTorn(_ rest: ArraySlice<UInt8>) {
    guard let size = LogRecord.size(at: rest), size < 1 << 24,
      var entry = LogRecord.entry(in: rest.prefix(size)),
      entry.index == (entries.last?.index ?? base.index) + 1
    else { return }
    let missing = max(0, size - rest.count)
    entry.command += [UInt8](repeating: 0, count: missing)
    entries.append(entry)
  }

  private func damage(_ sentence: String) -> StoreError {
    .damaged(file: file, offset: wholeBytes, sentence)
  }
}
