/// How keys, records and the messages about them lie in bytes.
enum KeyedCodec {
  static func add(_ message: KeyedMessage, to parts: inout Packing) {
    switch message {
    case .write(let id, let records):
      parts.add(UInt8(0))
      parts.add(id)
      add(records, to: &parts)
    case .wrote(let id):
      parts.add(UInt8(1))
      parts.add(id)
    case .read(let id, let scope):
      parts.add(UInt8(2))
      parts.add(id)
      switch scope {
      case .key(let key):
        parts.add(false)
        parts.add(key)
      case .prefix(let prefix):
        parts.add(true)
        parts.add(prefix)
      }
    case .found(let id, let records):
      parts.add(UInt8(3))
      parts.add(id)
      add(records, to: &parts)
    case .hashes(let hashes):
      parts.add(UInt8(4))
      for hash in hashes { parts.add(hash) }
    case .buckets(let buckets, let records, let isQuestion):
      parts.add(UInt8(5))
      parts.add(buckets)
      parts.add(isQuestion)
      add(records, to: &parts)
    }
  }

  /// The message; nil where the bytes are none.
  static func message(_ parts: inout Unpacking) -> KeyedMessage? {
    guard let kind: UInt8 = parts.number() else { return nil }
    switch kind {
    case 0:
      guard let id: UInt64 = parts.number() else { return nil }
      return records(&parts).map { .write(id, $0) }
    case 1: return parts.number(UInt64.self).map { .wrote($0) }
    case 2:
      guard let id: UInt64 = parts.number(), let isPrefix = parts.flag(), let text = parts.text()
      else { return nil }
      return .read(id, isPrefix ? .prefix(text) : .key(text))
    case 3:
      guard let id: UInt64 = parts.number() else { return nil }
      return records(&parts).map { .found(id, $0) }
    case 4:
      var hashes: [UInt32] = []
      while let hash: UInt32 = parts.number() { hashes.append(hash) }
      return .hashes(hashes)
    case 5:
      guard let buckets = parts.blob(), let isQuestion = parts.flag(),
        let records = records(&parts)
      else { return nil }
      return .buckets(buckets, records, isQuestion: isQuestion)
    default: return nil
    }
  }

  static func add(_ records: [KeyedRecord], to parts: inout Packing) {
    for record in records {
      parts.add(record.key)
      parts.add(record.stamp.millis)
      parts.add(record.stamp.counter)
      parts.add(record.stamp.node)
      parts.add(record.value != nil)
      parts.add(record.value ?? [])
    }
  }

  /// All that is left, as records; nil where it is none.
  static func records(_ parts: inout Unpacking) -> [KeyedRecord]? {
    var records: [KeyedRecord] = []
    while parts.left > 0 {
      guard let key = parts.text(), let millis: UInt64 = parts.number(),
        let counter: UInt32 = parts.number(), let node: UInt8 = parts.number(),
        let isThere = parts.flag(), let value = parts.blob()
      else { return nil }
      let stamp = HybridStamp(millis: millis, counter: counter, node: node)
      records.append(KeyedRecord(key: key, stamp: stamp, value: isThere ? value : nil))
    }
    return records
  }
}
