/// Jepsen's `history.edn`: a stream, vector or list of maps, one map per event; and Porcupine's
/// `kv` lines, which are the same with a `:key`.
struct JepsenEDN: RecordParser {
  /// Whether `:key` is an operation's key, or an extra like any other.
  let readsKey: Bool
  private var form = EDNForm()
  private var opened: UInt8?
  private var isClosed = false

  init(readsKey: Bool) { self.readsKey = readsKey }

  func prepare(_ events: inout EventAssembler) { events.concludesKeys = !readsKey }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    form.reset()
    try EDNForm.skipBlank(&source)
    guard let byte = source.peek else {
      guard opened == nil || isClosed || !source.endsHere else {
        throw .wrong(at: source.limit, "the text ends before the history's list is closed")
      }
      return false
    }
    guard !isClosed else {
      throw .wrong(at: source.position, "something follows the end of the history's list")
    }
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "("):
      guard opened == nil, events.builder.events == 0 else { break }
      opened = byte
      source.position += 1
      return true
    case UInt8(ascii: "]"), UInt8(ascii: ")"):
      guard let opened, (opened == UInt8(ascii: "[")) == (byte == UInt8(ascii: "]")) else { break }
      isClosed = true
      source.position += 1
      return true
    case UInt8(ascii: "#"):
      if try form.discards(&source, &events.builder.values, depth: 0) { return true }
      try skipTag(&source)
      return try event(&source, &events)
    case UInt8(ascii: "{"): return try event(&source, &events)
    default: break
    }
    throw .wrong(at: source.position, "an event must be a map {…}")
  }

  /// Skips `#jepsen.history.Op` and what else may stand before a record's map.
  private func skipTag(_ source: inout ByteSource) throws(ParseStop) {
    _ = try form.token(&source, from: source.position + 1)
    try EDNForm.skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted("an event") }
    guard byte == UInt8(ascii: "{") else {
      throw .wrong(at: source.position, "an event must be a map {…}")
    }
  }

  private mutating func event(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    let start = source.position
    source.position += 1
    var raw = RawEvent()
    while true {
      try EDNForm.skipBlank(&source)
      guard let byte = source.peek else { throw source.exhausted("an event") }
      if byte == UInt8(ascii: "}") { break }
      if try form.discards(&source, &events.builder.values, depth: 0) { continue }
      try member(&source, &events.builder.values, into: &raw)
    }
    source.position += 1
    try events.take(raw, at: start)
    return true
  }

  private mutating func member(
    _ source: inout ByteSource, _ values: inout Values, into raw: inout RawEvent
  ) throws(ParseStop) {
    var field: RawEvent.Field?
    if source.peek == UInt8(ascii: ":") {
      let name = try form.token(&source, from: source.position + 1)
      field = RawEvent.Field(name, in: &source)
      if field == .key, !readsKey { field = nil }
    } else {
      _ = try form.value(&source, &values, keep: false)
    }
    try EDNForm.skipBlank(&source)
    let start = source.position
    if source.peek == UInt8(ascii: "}") {
      throw .wrong(at: start, "an event with a key but no value")
    }
    let value = try form.value(&source, &values, keep: field?.isKept ?? false, depth: 1)
    if let field { try raw.set(field, to: value, &values, at: start) }
  }
}
