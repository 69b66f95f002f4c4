/// The columns that Jepsen's console log and `history.txt` share: process, type, function,
/// value and, where there is one, the error.
struct JepsenColumns: Sendable {
  private var form = EDNForm()

  mutating func take(
    _ fields: [Range<Int>], _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    guard let first = fields.first else { return }
    guard fields.count >= 3 else {
      throw .wrong(at: first.lowerBound, "the line ends before the event's function")
    }
    var raw = RawEvent()
    let process = try value(fields[0], &source, &events.builder.values)
    raw.process = try RawEvent.process(process, &events.builder.values, at: first.lowerBound)
    let kind = try value(fields[1], &source, &events.builder.values)
    try raw.set(.type, to: kind, &events.builder.values, at: fields[1].lowerBound)
    let function = try value(fields[2], &source, &events.builder.values)
    try raw.set(.function, to: function, &events.builder.values, at: fields[2].lowerBound)
    if fields.count > 3 { raw.value = try value(fields[3], &source, &events.builder.values) }
    if fields.count > 4 {
      raw.error = error(fields[4].lowerBound..<fields.last!.upperBound, &source, &events)
    }
    try events.take(raw, at: first.lowerBound)
  }

  private mutating func value(
    _ range: Range<Int>, _ source: inout ByteSource, _ values: inout Values
  ) throws(ParseStop) -> Value {
    form.reset()
    return try source.within(range) { (source: inout ByteSource) throws(ParseStop) in
      try form.value(&source, &values)
    }
  }

  /// An error is a form where it reads as one, and free text otherwise.
  private mutating func error(
    _ range: Range<Int>, _ source: inout ByteSource, _ events: inout EventAssembler
  ) -> Value {
    do throws(ParseStop) {
      return try value(range, &source, &events.builder.values)
    } catch {
      return events.builder.values.text(source.text(range))
    }
  }
}
