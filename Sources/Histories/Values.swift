/// Where the values of one history live: texts and wide numbers interned, lists and maps laid
/// out flat. A million reads of long lists cost eight bytes an element and no allocation each.
public struct Values: Sendable {
  var texts = TextTable()
  var wide: [UInt64] = []
  private var wideIndex: [UInt64: Int] = [:]
  /// A list is its count followed by its elements; a map its count, then keys and values in turn.
  var words: [Value] = []

  /// Nothing in it yet; `none`, the booleans and integers of at most 61 bits need no place in it.
  public init() {}

  /// How much memory texts, wide numbers, lists and maps take, in bytes.
  public var sizeBytes: Int { texts.bytes.count + 8 * (texts.count + wide.count + words.count) }

  /// The value of an integer: in place up to 61 bits, interned beyond that.
  public mutating func integer(_ value: Int64) -> Value {
    Value.small(value) ?? Value(.wideInteger, payload: intern(UInt64(bitPattern: value)))
  }

  /// The value of a floating-point number. A whole one is the integer, so that 1 and 1.0 are one
  /// value to everybody; others are interned by their bits, and a NaN is equal to itself.
  public mutating func number(_ value: Double) -> Value {
    if let whole = Int64(exactly: value) { return integer(whole) }
    return Value(.number, payload: intern(value.bitPattern))
  }

  /// The value of a text, interned by its UTF-8 bytes.
  public mutating func text(_ value: String) -> Value {
    Value(.text, payload: texts.intern(value.utf8.span))
  }

  /// The value of a symbol, interned by its name: without the colon of an EDN keyword.
  public mutating func symbol(_ name: String) -> Value {
    Value(.symbol, payload: texts.intern(name.utf8.span))
  }

  /// A text from its UTF-8 bytes, without making a string of them.
  public mutating func text(utf8 bytes: Span<UInt8>) -> Value {
    Value(.text, payload: texts.intern(bytes))
  }

  /// A symbol from its UTF-8 bytes, without making a string of them.
  public mutating func symbol(utf8 bytes: Span<UInt8>) -> Value {
    Value(.symbol, payload: texts.intern(bytes))
  }

  /// A new list; it is equal to another of the same elements by `areEqual` only.
  public mutating func list(_ elements: some Collection<Value>) -> Value {
    store(.list, count: elements.count, elements)
  }

  /// Keys and values in turn; the caller promises an even count.
  public mutating func map(_ keysAndValues: some Collection<Value>) -> Value {
    store(.map, count: keysAndValues.count / 2, keysAndValues)
  }

  private mutating func store(
    _ kind: Value.Kind, count: Int, _ elements: some Collection<Value>
  ) -> Value {
    let offset = words.count
    words.append(Value(bits: UInt64(count)))
    words.append(contentsOf: elements)
    return Value(kind, payload: offset)
  }

  private mutating func intern(_ bits: UInt64) -> Int {
    if let index = wideIndex[bits] { return index }
    wide.append(bits)
    wideIndex[bits] = wide.count - 1
    return wide.count - 1
  }

  /// The integer, of any width; nil when the value is not one.
  public func integer(_ value: Value) -> Int64? {
    switch value.kind {
    case .integer: Int64(value.payload)
    case .wideInteger: Int64(bitPattern: wide[value.payload])
    default: nil
    }
  }

  /// A number or an integer as a floating-point number.
  public func number(_ value: Value) -> Double? {
    value.kind == .number
      ? Double(bitPattern: wide[value.payload]) : integer(value).map { Double($0) }
  }

  /// The characters of a text or a symbol.
  public func text(_ value: Value) -> String? {
    value.kind == .text || value.kind == .symbol ? texts.text(value.payload) : nil
  }

  /// The UTF-8 bytes of a text or a symbol; nil for everything else.
  public func utf8(_ value: Value) -> ArraySlice<UInt8>? {
    guard value.kind == .text || value.kind == .symbol else { return nil }
    return texts.bytes[texts.range(value.payload)]
  }

  /// A list's elements; nil when the value is not a list.
  public func elements(_ value: Value) -> ArraySlice<Value>? {
    guard value.kind == .list else { return nil }
    let start = value.payload + 1
    return words[start..<start + Int(words[value.payload].bits)]
  }

  /// A map's keys and values in turn; nil when the value is not a map.
  public func pairs(_ value: Value) -> ArraySlice<Value>? {
    guard value.kind == .map else { return nil }
    let start = value.payload + 1
    return words[start..<start + 2 * Int(words[value.payload].bits)]
  }

  /// A map's value under a key that is a symbol or a text of that name.
  public func member(_ name: String, of map: Value) -> Value? {
    guard let pairs = pairs(map) else { return nil }
    for position in stride(from: pairs.startIndex, to: pairs.endIndex, by: 2) {
      let key = pairs[position]
      guard key.kind == .text || key.kind == .symbol else { continue }
      if texts.isEqual(key.payload, name.utf8.span) { return pairs[position + 1] }
    }
    return nil
  }

  /// Equality by content: lists element by element in order, maps pair by pair in order.
  public func areEqual(_ a: Value, _ b: Value) -> Bool {
    if a == b { return true }
    guard a.kind == b.kind, a.kind == .list || a.kind == .map else { return false }
    let left = elements(a) ?? pairs(a)!
    let right = elements(b) ?? pairs(b)!
    return left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
  }
}

extension Values {
  /// The value as a person reads it: `nil`, `7`, `"x"`, `:cas`, `[1 2]`, `{:a 1}` (EDN).
  public func describe(_ value: Value) -> String {
    switch value.kind {
    case .constant: value == .none ? "nil" : value == .true ? "true" : "false"
    case .integer, .wideInteger: "\(integer(value)!)"
    case .number: "\(number(value)!)"
    case .text: "\"\(text(value)!)\""
    case .symbol: ":\(text(value)!)"
    case .list: "[" + elements(value)!.map(describe).joined(separator: " ") + "]"
    case .map: "{" + pairs(value)!.map(describe).joined(separator: " ") + "}"
    }
  }
}
