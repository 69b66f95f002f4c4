package import Basics

/// One event as a file states it, before the rules of a history are applied.
struct RawEvent: Sendable {
  var kind: Event.Kind?
  var process = Process.unsaid
  /// A symbol or text; none when unsaid.
  var function = Value.none
  var value = Value.none
  var key = Value.none
  var error = Value.none
  var node = Value.none
  var workload = Value.none
  var time: Int64?
  var scheduled: Int64?
  var isFinal = false
  /// There was an `:exception`, whose stack trace is not kept.
  var hasException = false

  enum Process: Hashable, Sendable {
    case unsaid
    case client(Int32)
    /// Anything that is not a whole number: a nemesis.
    case other(Value)
  }

  /// The keys of an event that mean something here.
  enum Field {
    case type, process, function, value, key, error, node, workload, time, scheduled, final,
      exception
  }
}

extension RawEvent.Field {
  /// The field of that name; nil for everything a history may carry beside.
  init?(_ name: Range<Int>, in source: inout ByteSource) {
    switch name.count {
    case 1 where source.matches(name, "f"): self = .function
    case 3 where source.matches(name, "key"): self = .key
    case 4 where source.matches(name, "type"): self = .type
    case 4 where source.matches(name, "time"): self = .time
    case 4 where source.matches(name, "node"): self = .node
    case 5 where source.matches(name, "value"): self = .value
    case 5 where source.matches(name, "error"): self = .error
    case 5 where source.matches(name, "final"): self = .final
    case 6 where source.matches(name, "final?"): self = .final
    case 7 where source.matches(name, "process"): self = .process
    case 8 where source.matches(name, "workload"): self = .workload
    case 9 where source.matches(name, "scheduled"): self = .scheduled
    case 9 where source.matches(name, "exception"): self = .exception
    default: return nil
    }
  }

  /// False for what only matters by being there.
  var isKept: Bool { self != .exception }
}

extension RawEvent {
  /// Takes one field over.
  ///
  /// - Parameter start: where the value stands, for the error.
  mutating func set(
    _ field: Field, to value: Value, _ values: inout Values, at start: Int
  ) throws(ParseStop) {
    switch field {
    case .type: kind = try RawEvent.kind(value, &values, at: start)
    case .process: process = try RawEvent.process(value, &values, at: start)
    case .function: function = try RawEvent.function(value, at: start)
    case .value: self.value = value
    case .key: key = value
    case .error: error = value
    case .node: node = value
    case .workload: workload = value
    case .time: time = try RawEvent.nanoseconds(value, &values, at: start)
    case .scheduled: scheduled = try RawEvent.nanoseconds(value, &values, at: start)
    case .final: isFinal = value == .true
    case .exception: hasException = true
    }
  }

  static func kind(
    _ value: Value, _ values: inout Values, at start: Int
  ) throws(ParseStop) -> Event.Kind {
    if values.isWord(value, "invoke") { return .invoke }
    if values.isWord(value, "ok") { return .ok }
    if values.isWord(value, "fail") { return .fail }
    if values.isWord(value, "info") { return .info }
    throw .wrong(
      at: start, "the type must be invoke, ok, fail or info, not \(values.describe(value))")
  }

  static func process(
    _ value: Value, _ values: inout Values, at start: Int
  ) throws(ParseStop) -> Process {
    if value.isNone { return .unsaid }
    guard let integer = values.integer(value) else { return .other(value) }
    guard let process = Int32(exactly: integer) else {
      throw .wrong(at: start, "\(integer) is too large for the number of a process")
    }
    return .client(process)
  }

  private static func function(_ value: Value, at start: Int) throws(ParseStop) -> Value {
    guard value.isNone || value.kind == .symbol || value.kind == .text else {
      throw .wrong(at: start, "the function must be a word")
    }
    return value
  }

  private static func nanoseconds(
    _ value: Value, _ values: inout Values, at start: Int
  ) throws(ParseStop) -> Int64? {
    if value.isNone { return nil }
    let exact =
      values.integer(value)
      ?? values.number(value).flatMap { Int64(exactly: $0.rounded()) }
    if let exact, let instant = Instant(checking: exact) { return instant.nanoseconds }
    throw .wrong(at: start, "a time must be a whole number of nanoseconds, and less than a century")
  }
}

extension Values {
  /// True for a text or symbol of exactly these characters.
  func isWord(_ value: Value, _ word: StaticString) -> Bool {
    guard value.kind == .text || value.kind == .symbol else { return false }
    let range = texts.range(value.payload)
    guard range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      for offset in 0..<range.count
      where unsafe texts.bytes[range.lowerBound + offset] != word[offset] {
        return false
      }
      return true
    }
  }
}

extension Instant {
  /// A moment from a file; nil when it is so far away that reckoning with it would overflow.
  package init?(checking nanoseconds: Int64) {
    guard nanoseconds.magnitude < 1 << 62 else { return nil }
    self.init(nanoseconds: nanoseconds)
  }
}
