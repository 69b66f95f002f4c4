/// Jepsen's `history.txt`: process, type, function, value and error, separated by tabs.
struct HistoryText: RecordParser {
  private var columns = JepsenColumns()

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    guard let line = try source.nextLine() else { return false }
    let next = source.position
    let fields = LineFields.split(line, source, by: UInt8(ascii: "\t"))
    let isCutOff = line.upperBound == source.bytes.count && fields.count < 4
    if isCutOff, source.isComplete, !fields.isEmpty {
      throw .wrong(at: line.upperBound, "the text ends inside an event")
    }
    try columns.take(fields, &source, &events)
    source.position = next
    return true
  }
}
