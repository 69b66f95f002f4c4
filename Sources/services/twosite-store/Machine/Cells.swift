/// Registers and lists under keys: what a transaction is about.
struct Cells: Equatable, Sendable {
  struct Cell: Equatable, Sendable {
    var value = Datum.nothing
    /// The serial number of the last transaction that wrote it.
    var written: UInt64 = 0
    /// The last transaction that read it and wrote something else.
    var readByWriter: UInt64 = 0
  }

  private(set) var cells: [String: Cell] = [:]
  /// How many transactions and single writes have changed something.
  private(set) var serial: UInt64 = 0
  /// The last of them that was about more than one cell.
  private(set) var lastWide: UInt64 = 0
  /// The last of them that was placed before others that were there already (see `Installation`).
  private var lastBackdated: UInt64 = 0

  subscript(_ key: String) -> Datum { cells[key]?.value ?? .nothing }

  mutating func write(_ key: String, _ value: Datum) {
    serial &+= 1
    put(key, value)
  }

  /// False where `old` is not there.
  mutating func compareAndSet(_ key: String, _ old: Datum, _ new: Datum) -> Bool {
    guard self[key] == old else { return false }
    write(key, new)
    return true
  }

  /// What each operation read, or wrote; nil, and nothing is changed, where something is appended to what is not a
  /// list.
  mutating func run(_ operations: [MicroOperation]) -> [Datum]? {
    var undone: [String: Cell] = [:]
    serial &+= 1
    var results: [Datum] = []
    for operation in operations {
      undone[operation.key] = undone[operation.key] ?? cells[operation.key] ?? Cell()
      guard let result = carryOut(operation) else {
        cells.merge(undone) { $1 }
        serial &-= 1
        return nil
      }
      results.append(result)
    }
    let writes = operations.filter { $0.kind != .read }
    note(reads: operations.filter { $0.kind == .read }.map(\.key), writes: writes.map(\.key))
    return results
  }

  private mutating func carryOut(_ operation: MicroOperation) -> Datum? {
    let now = self[operation.key]
    switch operation.kind {
    case .read: return now
    case .write: put(operation.key, operation.value)
    case .append:
      guard let elements = now == .nothing ? [] : now.elements else { return nil }
      put(operation.key, .list(elements + [operation.value]))
    case .remove:
      let rest = now.elements.map { Datum.list($0.filter { $0 != operation.value }) }
      put(operation.key, rest ?? (now == operation.value ? .nothing : now))
    }
    return operation.value
  }

  private mutating func put(_ key: String, _ value: Datum) {
    cells[key, default: Cell()].value = value
    cells[key]?.written = serial
  }

  private mutating func note(reads: [String], writes: [String]) {
    guard !writes.isEmpty else { return }
    for key in reads { cells[key, default: Cell()].readByWriter = serial }
    if Set(reads + writes).count > 1 { lastWide = serial }
  }
}

/// What a transaction wrote that read at one time and writes at another, and what must still hold then.
struct Installation: Equatable, Sendable {
  /// How transactions that are carried out in two parts are kept apart.
  enum Check: UInt8, Sendable {
    /// Not at all.
    case nothing
    /// No cell that it writes has been written since: snapshot isolation, by "first committer wins" (Berenson and
    /// others, A Critique of ANSI SQL Isolation Levels, 1995).
    case writes
    /// Transactions that write are serializable, those that only read see snapshots. One of which a read has been
    /// overwritten is placed before all that came since its snapshot, where none of them has read or written what
    /// it writes, and none was placed so itself. What remains is the anomaly of a transaction that only reads
    /// (Fekete, O'Neil and O'Neil 2004).
    case updates
  }

  let check: Check
  /// The serial number of the view that it read.
  let since: UInt64
  let reads: [String]
  let writes: [MicroOperation]
}

extension Cells {
  /// Serial numbers, and the values of the keys: [serial, lastWide, [values]].
  func view(_ keys: [String]) -> Datum {
    .list([.natural(serial), .natural(lastWide), .list(keys.map { self[$0] })])
  }

  /// False where the check fails; nothing is changed then.
  mutating func install(_ installation: Installation) -> Bool {
    let since = installation.since
    let written = installation.writes.map(\.key)
    func isOld(_ key: String) -> Bool { cells[key]?.written ?? 0 <= since }
    let isBackdated =
      installation.check == .updates && !installation.reads.allSatisfy(isOld)
    if installation.check != .nothing, !written.allSatisfy(isOld) { return false }
    if isBackdated {
      let isFree = written.allSatisfy { cells[$0]?.readByWriter ?? 0 <= since }
      guard isFree, lastBackdated <= since else { return false }
    }
    let reads = installation.reads.map { MicroOperation(.read, $0) }
    guard run(reads + installation.writes) != nil else { return false }
    if isBackdated { lastBackdated = serial }
    return true
  }
}

extension Cells: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&cells)
    try coder.field(&serial)
    try coder.field(&lastWide)
    try coder.field(&lastBackdated)
  }
}

extension Cells.Cell: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&value)
    try coder.field(&written)
    try coder.field(&readByWriter)
  }
}

extension Installation: Coded {
  func write(to writer: inout ByteWriter) {
    writer.write(check.rawValue)
    writer.write(since)
    writer.write(reads)
    writer.write(writes)
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    guard let check = Check(rawValue: try reader.byte()) else { throw MalformedBytes() }
    self.check = check
    since = try reader.value()
    reads = try reader.value()
    writes = try reader.value()
  }
}
