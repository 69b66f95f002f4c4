/// A JSON document whose objects keep the order they were written in, so that the same result
/// is always the same text.
public indirect enum JSON: Hashable, Sendable {
  /// Written `null`: nothing is known, or there is nothing.
  case null
  /// Written `true` or `false`.
  case bool(Bool)
  /// A number without fraction, exact over all of `Int64`.
  case integer(Int64)
  /// A number that may have a fraction; written `null` when it is not finite.
  case number(Double)
  /// A text, not yet escaped.
  case string(String)
  /// Values in order.
  case array([JSON])
  /// Members in the order they are written in.
  case object([Member])

  /// A name and its value in an object.
  public struct Member: Hashable, Sendable {
    /// Not yet escaped; the type does not forbid that it repeats.
    public let name: String
    /// What the name stands for.
    public let value: JSON

    /// Nothing is checked: a name may be empty, or stand in the object already.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The first member of that name; nil when absent or when this is not an object.
  public subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// `nil` among literals stands for `null`.
  public init(nilLiteral: ()) { self = .null }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSON {
  /// A count or other native whole number.
  public static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }

  /// A duration in milliseconds, the unit of every time in result files.
  public static func milliseconds(_ duration: Duration) -> JSON { .number(duration.milliseconds) }

  /// An array of texts, in order.
  public static func strings(_ values: some Sequence<String>) -> JSON {
    .array(values.map { .string($0) })
  }

  /// Null when there is nothing.
  public static func optional<T>(_ value: T?, _ make: (T) -> JSON) -> JSON {
    value.map(make) ?? .null
  }
}
