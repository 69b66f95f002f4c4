/// What a replica without a leader keeps: its records, and for replicas that did not answer what
/// they missed. Every change is an entry of the log; all of it is a snapshot.
struct KeyedTable: Sendable, Equatable {
  static let buckets = 64

  private(set) var records: [String: KeyedRecord] = [:]
  /// By the place of the replica that missed it, and the key.
  private(set) var hints: [Int: [String: KeyedRecord]] = [:]

  /// One change, as it lies in the log.
  enum Change: Sendable, Equatable {
    case keep(KeyedRecord)
    case forget(String)
    case hint(Int, KeyedRecord)
    case delivered(Int, String)
  }

  mutating func make(_ change: Change) {
    switch change {
    case .keep(let record): records[record.key] = record
    case .forget(let key): records[key] = nil
    case .hint(let place, let record): hints[place, default: [:]][record.key] = record
    case .delivered(let place, let key): hints[place]?[key] = nil
    }
  }

  /// Everything in the scope, in the order of keys.
  func found(_ scope: KeyedScope) -> [KeyedRecord] {
    if case .key(let key) = scope { return records[key].map { [$0] } ?? [] }
    return records.values.filter { scope.contains($0.key) }.sorted { $0.key < $1.key }
  }

  func records(in buckets: Set<UInt8>) -> [KeyedRecord] {
    records.values.filter { buckets.contains(Self.bucket($0.key)) }.sorted { $0.key < $1.key }
  }

  static func bucket(_ key: String) -> UInt8 {
    UInt8(Checksum.of(Array(key.utf8)) % UInt32(buckets))
  }

  /// For each bucket a hash of its keys and stamps, whatever their order.
  func hashes(where isCounted: (String) -> Bool) -> [UInt32] {
    var hashes = [UInt32](repeating: 0, count: Self.buckets)
    for record in records.values where isCounted(record.key) {
      var parts = Packing()
      KeyedCodec.add([record], to: &parts)
      hashes[Int(Self.bucket(record.key))] &+= Checksum.of(parts.bytes) | 1
    }
    return hashes
  }
}

extension KeyedTable {
  init(snapshot: Snapshot, entries: [LogEntry]) {
    var parts = Unpacking(snapshot.state)
    while let bytes = parts.blob() { Change(bytes).map { make($0) } }
    for entry in entries { Change(entry.command).map { make($0) } }
  }

  var state: [UInt8] {
    var parts = Packing()
    let hinted = hints.flatMap { place, missed in missed.values.map { Change.hint(place, $0) } }
    for change in records.values.map(Change.keep) + hinted { parts.add(change.bytes) }
    return parts.bytes
  }
}

extension KeyedTable.Change {
  /// Nil where the bytes are no change.
  init?(_ bytes: [UInt8]) {
    var parts = Unpacking(bytes)
    guard let kind: UInt8 = parts.number(), let place: UInt8 = parts.number() else { return nil }
    switch kind {
    case 0, 2:
      guard let record = KeyedCodec.records(&parts)?.first else { return nil }
      self = kind == 0 ? .keep(record) : .hint(Int(place), record)
    case 1, 3:
      guard let key = parts.text() else { return nil }
      self = kind == 1 ? .forget(key) : .delivered(Int(place), key)
    default: return nil
    }
  }

  var bytes: [UInt8] {
    var parts = Packing()
    switch self {
    case .keep(let record):
      parts.add(UInt16(0))
      KeyedCodec.add([record], to: &parts)
    case .hint(let place, let record):
      parts.add(UInt8(2))
      parts.add(UInt8(place))
      KeyedCodec.add([record], to: &parts)
    case .forget(let key):
      parts.add(UInt16(1))
      parts.add(key)
    case .delivered(let place, let key):
      parts.add(UInt8(3))
      parts.add(UInt8(place))
      parts.add(key)
    }
    return parts.bytes
  }
}
