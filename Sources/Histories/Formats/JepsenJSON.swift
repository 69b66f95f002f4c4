/// Jepsen events as JSON: one array of objects, as elle-cli takes them, or one object per line.
struct JepsenJSON: RecordParser {
  private var form = JSONForm(.plain)
  private var wrapper = Wrapper.none

  private enum Wrapper {
    case none
    /// Inside the array; before the first event, after an event, after a comma.
    case opened, afterEvent, afterComma
    case closed
  }

  func prepare(_ events: inout EventAssembler) { events.symbolisesTransactions = true }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    form.reset()
    JSONForm.skipBlank(&source)
    guard let byte = source.peek else {
      guard wrapper == .none || wrapper == .closed || !source.endsHere else {
        throw .wrong(at: source.limit, "the text ends before the history's array is closed")
      }
      return false
    }
    switch (byte, wrapper) {
    case (UInt8(ascii: "["), .none) where events.builder.events == 0: wrapper = .opened
    case (UInt8(ascii: "]"), .opened), (UInt8(ascii: "]"), .afterEvent): wrapper = .closed
    case (UInt8(ascii: ","), .afterEvent): wrapper = .afterComma
    case (UInt8(ascii: "{"), .none), (UInt8(ascii: "{"), .opened),
      (UInt8(ascii: "{"), .afterComma):
      let start = source.position
      let raw = try RawEvent(object: &source, &form, &events.builder.values)
      try events.take(raw, at: start)
      if wrapper != .none { wrapper = .afterEvent }
      return true
    default:
      throw .wrong(at: source.position, "expected an event {…} of the history's array")
    }
    source.position += 1
    return true
  }
}

extension RawEvent {
  /// Reads an event's object.
  init(
    object source: inout ByteSource, _ form: inout JSONForm, _ values: inout Values
  ) throws(ParseStop) {
    self.init()
    source.position += 1
    let close = UInt8(ascii: "}")
    if try JSONForm.isEmpty(&source, to: close, in: "an event") { return }
    repeat {
      JSONForm.skipBlank(&source)
      guard let byte = source.peek else { throw source.exhausted("an event") }
      guard byte == UInt8(ascii: "\"") else {
        throw .wrong(at: source.position, "an object's key must be a text")
      }
      let nameStart = source.position + 1
      _ = try QuotedText.read(&source, &values, keep: false, isJSON: true)
      let field = Field(nameStart..<source.position - 1, in: &source)
      try JSONForm.expect(UInt8(ascii: ":"), &source, in: "an event")
      JSONForm.skipBlank(&source)
      let start = source.position
      let value = try form.value(&source, &values, keep: field?.isKept ?? false, depth: 1)
      if let field { try set(field, to: value, &values, at: start) }
    } while try JSONForm.continues(&source, to: close, in: "an event")
  }
}
