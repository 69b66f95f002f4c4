/// How an entry lies in the log's file: length, CRC-32C of all the rest, kind, term, index,
/// command.
enum LogRecord {
  /// The length and the checksum.
  static let frameBytes = 8
  /// The fewest bytes of a record: frame, kind, term and index.
  static let leastBytes = frameBytes + 17

  static func bytes(_ entry: LogEntry) -> [UInt8] {
    var body = Packing()
    body.add(entry.kind.rawValue)
    body.add(entry.term)
    body.add(entry.index)
    body.addRest(entry.command)
    var record = Packing()
    let length = UInt32(body.bytes.count)
    record.add(length)
    record.add(Checksum.of(body.bytes, after: Checksum.of(littleEnd(length))))
    record.addRest(body.bytes)
    return record.bytes
  }

  /// How many bytes the record that begins here says it has; nil where not even that is there.
  static func size(at start: ArraySlice<UInt8>) -> Int? {
    var frame = Unpacking(start)
    return frame.number(UInt32.self).map { frameBytes + Int($0) }
  }

  /// The entry in the bytes of one record, whatever its checksum says.
  static func entry(in record: ArraySlice<UInt8>) -> LogEntry? {
    guard record.count >= leastBytes else { return nil }
    var body = Unpacking(record.dropFirst(frameBytes))
    guard let kind = LogEntry.Kind(rawValue: body.number()!) else { return nil }
    let term: UInt64 = body.number()!
    return LogEntry(index: body.number()!, term: term, kind: kind, command: body.rest())
  }

  /// Whether the checksum is that of the rest.
  static func isWhole(_ record: ArraySlice<UInt8>) -> Bool {
    guard record.count >= leastBytes else { return false }
    return Checksum.of(covered(record)) == checksum(record)
  }

  /// Whether these bytes are a whole record but for one bit.
  static func isOneFlipAway(_ record: ArraySlice<UInt8>) -> Bool {
    guard record.count >= leastBytes, let size = size(at: record) else { return false }
    let length = UInt32(truncatingIfNeeded: size - frameBytes)
    let actual = UInt32(truncatingIfNeeded: record.count - frameBytes)
    guard (length ^ actual).nonzeroBitCount <= 1 else { return false }
    return Checksum.isOneFlipAway(covered(record), from: checksum(record))
  }

  private static func covered(_ record: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    record.prefix(4) + record.dropFirst(frameBytes)
  }

  private static func checksum(_ record: ArraySlice<UInt8>) -> UInt32 {
    var frame = Unpacking(record.dropFirst(4))
    return frame.number()!
  }

  private static func littleEnd(_ number: UInt32) -> [UInt8] {
    var bytes = Packing()
    bytes.add(number)
    return bytes.bytes
  }
}
