internal import CYAML

/// How much a document may hold; past it the document is refused, so that no file can exhaust
/// memory, time or the stack.
public struct Limits: Sendable {
  /// The size of the text.
  public var bytes: Int
  /// Values after aliases are expanded.
  public var values: Int
  /// Nesting after aliases are expanded.
  public var depth: Int

  /// Enough for any experiment or stack.
  public static let standard = Limits(bytes: 1 << 20, values: 20_000, depth: 40)
  /// Enough for a stored plan.
  public static let stored = Limits(bytes: 64 << 20, values: 1_000_000, depth: 40)

  /// `values` counts every scalar, list and mapping, and every key.
  public init(bytes: Int, values: Int, depth: Int) {
    self.bytes = bytes
    self.values = values
    self.depth = depth
  }
}

extension YAMLNode {
  /// Reads one YAML document (JSON is one, too) with libyaml.
  ///
  /// Tags are ignored; duplicate keys, keys that are no scalars, and a second document are
  /// refused.
  public static func parse(
    _ bytes: [UInt8], file: String, limits: Limits = .standard
  ) throws(Problem) -> YAMLNode {
    guard bytes.count <= limits.bytes else {
      throw Problem(Mark(file: file), "the file is larger than \(limits.bytes) bytes")
    }
    var source = EventSource(bytes, file: file)
    var builder = Builder(file: file, limits: limits)
    while let event = try source.next() {
      try builder.take(event)
    }
    guard let root = builder.root else {
      throw Problem(Mark(file: file), "the file is empty")
    }
    return root
  }

  /// The same from text.
  public static func parse(
    text: String, file: String, limits: Limits = .standard
  ) throws(Problem) -> YAMLNode {
    try parse(Array(text.utf8), file: file, limits: limits)
  }
}

/// What the parser saw next; only what the builder needs.
struct ParserEvent {
  enum Kind {
    case document, alias(String), scalar(String, isPlain: Bool)
    case sequenceStart, mappingStart, end, other
  }
  let kind: Kind
  let anchor: String?
  let mark: Mark
}

/// libyaml's event parser; owns its memory.
@safe struct EventSource: ~Copyable {
  private let file: String
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var isDone = false

  init(_ bytes: [UInt8], file: String) {
    self.file = file
    unsafe parser = .allocate(capacity: 1)
    unsafe input = .allocate(capacity: bytes.count)
    _ = unsafe input.initialize(from: bytes)
    guard unsafe yaml_parser_initialize(parser) == 1 else { fatalError("out of memory") }
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event; nil after the last.
  mutating func next() throws(Problem) -> ParserEvent? {
    guard !isDone else { return nil }
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { unsafe yaml_event_delete(&event) }
    isDone = unsafe event.type == YAML_STREAM_END_EVENT
    return unsafe read(event)
  }

  private func read(_ event: yaml_event_t) -> ParserEvent {
    let mark = unsafe place(event.start_mark)
    switch unsafe event.type {
    case YAML_DOCUMENT_START_EVENT:
      return ParserEvent(kind: .document, anchor: nil, mark: mark)
    case YAML_ALIAS_EVENT:
      let name = unsafe text(event.data.alias.anchor) ?? ""
      return ParserEvent(kind: .alias(name), anchor: nil, mark: mark)
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let value = unsafe String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
      let anchor = unsafe text(scalar.anchor)
      return ParserEvent(kind: .scalar(value, isPlain: isPlain), anchor: anchor, mark: mark)
    case YAML_SEQUENCE_START_EVENT:
      let anchor = unsafe text(event.data.sequence_start.anchor)
      return ParserEvent(kind: .sequenceStart, anchor: anchor, mark: mark)
    case YAML_MAPPING_START_EVENT:
      let anchor = unsafe text(event.data.mapping_start.anchor)
      return ParserEvent(kind: .mappingStart, anchor: anchor, mark: mark)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      return ParserEvent(kind: .end, anchor: nil, mark: mark)
    default:
      return ParserEvent(kind: .other, anchor: nil, mark: mark)
    }
  }

  private func failure() -> Problem {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
    let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
    let isReader = unsafe parser.pointee.error == YAML_READER_ERROR
    let mark = unsafe isReader ? parser.pointee.mark : parser.pointee.problem_mark
    let message = [problem, context].compactMap { $0 }.joined(separator: " ")
    return Problem(place(mark), "not valid YAML: " + message)
  }

  private func place(_ mark: yaml_mark_t) -> Mark {
    Mark(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private func text(_ value: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe value.map { unsafe String(cString: $0) }
  }
}
