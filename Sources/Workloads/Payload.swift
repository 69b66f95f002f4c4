/// What an operation carries, before it has a place in a history's `Values`: numbers, texts, lists of
/// such and so on. A client makes bytes of it and values out of bytes.
public indirect enum Payload: Hashable, Sendable {
  /// No value: what a read is invoked with, what is found where nothing was written.
  case none
  /// True or false.
  case flag(Bool)
  /// A whole number.
  case integer(Int64)
  /// A number that may have a fraction.
  case number(Double)
  /// Any text.
  case text(String)
  /// A bare word: what a micro-operation of a transaction does (`r`, `w`, `append`).
  case symbol(String)
  /// Values in order.
  case list([Payload])
  /// Keys with their values, in order.
  case map([Pair])

  /// A key of a map with its value.
  public struct Pair: Hashable, Sendable {
    /// Unique in its map.
    public let key: Payload
    /// What the key stands for.
    public let value: Payload

    /// Nothing is checked.
    public init(_ key: Payload, _ value: Payload) {
      self.key = key
      self.value = value
    }
  }
}

extension Payload {
  /// A list of whole numbers.
  public static func integers(_ integers: some Sequence<Int64>) -> Payload {
    .list(integers.map { .integer($0) })
  }

  /// A list of texts.
  public static func texts(_ texts: some Sequence<String>) -> Payload {
    .list(texts.map { .text($0) })
  }

  /// The whole number; nil when this is none.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// The elements; nil when this is no list.
  public var elements: [Payload]? { if case .list(let elements) = self { elements } else { nil } }

  /// The value of a map under a text or a symbol; nil when there is none, or this is no map.
  public func member(_ name: String) -> Payload? {
    guard case .map(let pairs) = self else { return nil }
    return pairs.first { $0.key == .text(name) || $0.key == .symbol(name) }?.value
  }

  /// About how much memory it takes among a history's values, in bytes.
  public var sizeBytes: Int {
    switch self {
    case .none, .flag, .integer: 0
    case .number: 8
    case .text(let text), .symbol(let text): text.utf8.count + 8
    case .list(let elements): elements.reduce(0) { $0 + 8 + $1.sizeBytes }
    case .map(let pairs):
      pairs.reduce(0) { $0 + 16 + $1.key.sizeBytes + $1.value.sizeBytes }
    }
  }
}
