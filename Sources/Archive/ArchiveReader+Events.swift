internal import Basics
internal import Histories
internal import SQLite

/// Up to version 5 an archive had a row for each event and each observation.
extension ArchiveReader {
  mutating func readEvents() throws(ReadError) {
    try rows(
      """
      select position, time, process, type, f, value, key, error, node, workload, scheduled,
        final from event order by position
      """
    ) { (reader, row) throws(ReadError) in try reader.readEvent(row) }
  }

  private mutating func readEvent(_ row: borrowing Statement) throws(ReadError) {
    let position = row.integer(0)
    guard let kind = UInt8(exactly: row.integer(3)).flatMap(Event.Kind.init(rawValue:)),
      let process = Int32(exactly: row.integer(2)),
      let function = UInt16(exactly: row.integer(4)), Int(function) < builder.functionCount
    else { throw wrong(position, "an event with an impossible type, process or function") }
    var event = Event(
      process: process, kind: kind, function: FunctionID(index: function),
      value: try value(row, 5, position), time: try instant(row, 1))
    event.key = try value(row, 6, position)
    event.error = try value(row, 7, position)
    event.node = try label(row, 8, position)
    event.workload = try label(row, 9, position)
    if row.kind(10) == .integer { event.scheduled = try instant(row, 10) }
    event.isFinal = row.integer(11) != 0
    do throws(HistoryError) {
      try builder.append(event)
    } catch {
      throw wrong(position, error.sentence)
    }
  }

  mutating func readObservations() throws(ReadError) {
    try rows(
      "select time, kind, subject, node, value, source from observation order by id"
    ) { (reader, row) throws(ReadError) in
      let columns = FactColumns(
        kind: row.text(1), subject: row.text(2), node: row.text(3), value: row.text(4),
        source: row.text(5))
      guard let fact = columns.fact else {
        throw .version("an observation of the unknown kind '\(columns.kind)'")
      }
      reader.builder.observe(Observation(time: try reader.instant(row, 0), fact))
    }
  }
}
