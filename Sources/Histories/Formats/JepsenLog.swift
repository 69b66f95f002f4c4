/// Jepsen's console log: `INFO  jepsen.util - 0<TAB>:invoke<TAB>:read<TAB>nil` among lines that
/// are noise (set-up, stack traces), which are skipped.
struct JepsenLog: RecordParser {
  private var columns = JepsenColumns()

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    guard let line = try source.nextLine() else { return false }
    guard let event = JepsenLog.event(in: line, source) else { return true }
    let next = source.position
    let isLast = next == source.bytes.count && source.isComplete
    let fields = LineFields.split(event, source, by: UInt8(ascii: "\t"))
    let isClient = source.bytes[event.lowerBound] != UInt8(ascii: ":")
    if isLast, isClient, line.upperBound == source.bytes.count, fields.count < 4 {
      throw .wrong(at: line.upperBound, "the text ends inside an event")
    }
    do throws(ParseStop) {
      try columns.take(fields, &source, &events)
    } catch {
      // What a nemesis prints is often free text; what a client prints never is.
      guard !isClient else { throw error }
    }
    source.position = next
    return true
  }

  /// What follows `jepsen.util` when it looks like an event: a process, then a tab.
  private static func event(in line: Range<Int>, _ source: ByteSource) -> Range<Int>? {
    guard var start = end(of: "jepsen.util", in: line, source) else { return nil }
    while start < line.upperBound, isSeparator(source.bytes[start]) { start += 1 }
    var end = start
    while end < line.upperBound, source.bytes[end] > 32 { end += 1 }
    let process = start..<end
    guard !process.isEmpty else { return nil }
    let isNumber = process.allSatisfy { source.bytes[$0].isDigit }
    guard isNumber || source.matches(process, ":nemesis") else { return nil }
    var tab = end
    while tab < line.upperBound, source.bytes[tab] == 32 { tab += 1 }
    let cutOff = isNumber && tab == line.upperBound && tab == source.bytes.count
    guard cutOff || (tab < line.upperBound && source.bytes[tab] == 9) else { return nil }
    return start..<line.upperBound
  }

  /// ` - `, `: ` or blanks stand between the logger's name and the event.
  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == UInt8(ascii: "-")
  }

  private static func end(
    of word: StaticString, in line: Range<Int>, _ source: ByteSource
  ) -> Int? {
    let length = word.utf8CodeUnitCount
    guard line.count > length else { return nil }
    var position = line.lowerBound
    while position + length < line.upperBound {
      if source.bytes[position] == UInt8(ascii: "j"),
        source.matches(position..<position + length, word)
      {
        let end = position + length
        return source.bytes[end] == UInt8(ascii: ":") ? end + 1 : end
      }
      position += 1
    }
    return nil
  }
}
