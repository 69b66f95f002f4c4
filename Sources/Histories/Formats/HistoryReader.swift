/// Reads a history from bytes that arrive in pieces of any size; never holds more of the file
/// than the record that is being read.
///
///     var reader = HistoryReader(.jepsenEDN)
///     for piece in pieces { try reader.feed(piece) }
///     let history = try reader.finish()
public struct HistoryReader: Sendable {
  /// The longest record that is believed to be one.
  static let recordLimitBytes = 256 << 20
  private var source = ByteSource()
  private var events: EventAssembler
  private var parser: any RecordParser
  /// A record that did not end is tried again when this many bytes are at hand.
  private var nextTry = 0

  /// A reader of one format; `HistoryFormat.sqlite` is not a text and is refused.
  public init(
    _ format: HistoryFormat, options: ReadingOptions = ReadingOptions()
  ) throws(FormatError) {
    guard let parser = format.parser() else {
      throw FormatError(
        line: 1, message: "\(format.rawValue) is a database, which is opened, not read as text")
    }
    self.parser = parser
    events = EventAssembler(options)
    parser.prepare(&events)
  }

  /// Reads as many records as the bytes so far hold.
  public mutating func feed(_ bytes: [UInt8]) throws(FormatError) {
    source.append(bytes)
    guard source.bytes.count >= nextTry else { return }
    try readRecords()
    guard source.bytes.count - source.position <= HistoryReader.recordLimitBytes else {
      throw source.error(at: source.position, "a record of more than 256 MiB")
    }
  }

  /// How much of the file is held: the record being read, and what was fed after it.
  var bytesAtHand: Int { source.bytes.count }

  /// The history, once every byte was fed.
  ///
  /// - Throws: where the text ends too early, or does not make a history.
  public consuming func finish() throws(FormatError) -> History {
    try end()
    return events.finish()
  }

  private mutating func end() throws(FormatError) {
    source.complete()
    try readRecords()
    do throws(ParseStop) {
      try parser.finish(source, &events)
    } catch {
      throw place(error)
    }
  }

  private mutating func readRecords() throws(FormatError) {
    while true {
      let start = source.position
      let layout = events.builder.values.layoutMark
      source.limit = source.bytes.count
      do throws(ParseStop) {
        guard try parser.next(&source, &events) else {
          nextTry = 0
          return
        }
      } catch {
        guard case .incomplete = error else { throw place(error) }
        source.position = start
        events.builder.values.forgetLayout(since: layout)
        nextTry = 2 * (source.bytes.count - start)
        return
      }
    }
  }

  private func place(_ stop: ParseStop) -> FormatError {
    switch stop {
    case .incomplete: source.error(at: source.bytes.count, "the text ends inside a record")
    case .wrong(let position, let message): source.error(at: position, message)
    }
  }
}

/// Reads one record after another of one format.
protocol RecordParser: Sendable {
  /// Chooses what the format needs before its first event.
  func prepare(_ events: inout EventAssembler)

  /// Reads the next record, or one of the marks around records; false when nothing is left.
  ///
  /// On `incomplete` the record is tried again from its start: nothing but the position, the
  /// layout of values and texts may have changed by then.
  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool

  /// Checks that the text could end where it did.
  mutating func finish(_ source: ByteSource, _ events: inout EventAssembler) throws(ParseStop)
}

extension RecordParser {
  func prepare(_ events: inout EventAssembler) {}

  mutating func finish(_ source: ByteSource, _ events: inout EventAssembler) throws(ParseStop) {}
}

extension History {
  /// Reads a history from all of its bytes at once.
  public static func read(
    _ bytes: [UInt8], as format: HistoryFormat, options: ReadingOptions = ReadingOptions()
  ) throws(FormatError) -> History {
    var reader = try HistoryReader(format, options: options)
    try reader.feed(bytes)
    return try reader.finish()
  }
}
