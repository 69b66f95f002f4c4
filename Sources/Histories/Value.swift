/// One value of a history: eight bytes, no reference counting; what it stands for is kept in the
/// history's `Values`.
///
/// Nil, booleans, integers, texts and symbols are equal exactly when their `Value`s are equal
/// (texts and wide numbers are interned). Lists and maps need `Values.areEqual`.
public struct Value: Hashable, Sendable {
  /// Three low bits tell the kind; the rest is the payload or an index into `Values`.
  @usableFromInline let bits: UInt64

  @inlinable init(bits: UInt64) { self.bits = bits }

  @inlinable init(_ kind: Kind, payload: Int) {
    bits = UInt64(bitPattern: Int64(payload)) << 3 | UInt64(kind.rawValue)
  }

  /// No value: what a read was invoked with, or what it found where nothing was written.
  public static let none = Value(.constant, payload: 0)
  /// The boolean false, which no integer is equal to.
  public static let `false` = Value(.constant, payload: 1)
  /// The boolean true, which no integer is equal to.
  public static let `true` = Value(.constant, payload: 2)

  /// What sort of value it is; the raw value is what the three low bits hold.
  public enum Kind: UInt8, Sendable {
    /// Nil, false or true.
    case constant
    /// An integer of at most 61 bits, held in place.
    case integer
    /// An integer of more than 61 bits.
    case wideInteger
    case number
    case text
    /// A bare word: an EDN keyword or symbol.
    case symbol
    case list
    case map
  }

  /// Read from the value's own bits, without the `Values` it belongs to.
  @inlinable public var kind: Kind {
    unsafe unsafeBitCast(UInt8(truncatingIfNeeded: bits & 7), to: Kind.self)
  }

  @inlinable var payload: Int { Int(Int64(bitPattern: bits) >> 3) }

  /// Whether it is no value: EDN's `nil`, JSON's `null`.
  @inlinable public var isNone: Bool { self == .none }

  /// The integer held in place; nil for everything else, wide integers too.
  @inlinable public var smallInteger: Int64? {
    kind == .integer ? Int64(bitPattern: bits) >> 3 : nil
  }

  /// The value of an integer of at most 61 bits, or nil when it needs `Values.integer`.
  @inlinable public static func small(_ integer: Int64) -> Value? {
    (integer << 3) >> 3 == integer ? Value(.integer, payload: Int(integer)) : nil
  }
}
