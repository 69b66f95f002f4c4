import Basics

/// What the store keeps and tells: nothing, a whole number, a text, or a list of such.
indirect enum Datum: Hashable, Sendable {
  case nothing
  case integer(Int64)
  case text(String)
  case list([Datum])

  /// How deep lists may be nested.
  static let deepest = 8

  /// A number that counts something.
  static func natural(_ number: UInt64) -> Datum { .integer(Int64(clamping: number)) }

  var elements: [Datum]? { if case .list(let elements) = self { elements } else { nil } }
  var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}

extension Datum: Coded {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .nothing: writer.write(UInt8(0))
    case .integer(let number):
      writer.write(UInt8(1))
      writer.write(number)
    case .text(let text):
      writer.write(UInt8(2))
      writer.write(text)
    case .list(let elements):
      writer.write(UInt8(3))
      writer.write(elements)
    }
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    try self.init(from: &reader, depth: 0)
  }

  private init(from reader: inout ByteReader, depth: Int) throws(MalformedBytes) {
    switch try reader.byte() {
    case 0: self = .nothing
    case 1: self = .integer(try reader.value(Int64.self))
    case 2: self = .text(try reader.value())
    case 3 where depth < Self.deepest:
      var elements: [Datum] = []
      for _ in 0..<(try reader.count()) {
        elements.append(try Datum(from: &reader, depth: depth + 1))
      }
      self = .list(elements)
    default: throw MalformedBytes()
    }
  }
}

extension Datum {
  /// Nil for what the store does not keep: fractions, flags, objects, and lists within lists within lists.
  init?(_ json: JSON, depth: Int = 0) {
    switch json {
    case .null: self = .nothing
    case .integer(let number): self = .integer(number)
    case .string(let text): self = .text(text)
    case .array(let elements) where depth < Self.deepest:
      let data = elements.compactMap { Datum($0, depth: depth + 1) }
      guard data.count == elements.count else { return nil }
      self = .list(data)
    default: return nil
    }
  }

  var json: JSON {
    switch self {
    case .nothing: .null
    case .integer(let number): .integer(number)
    case .text(let text): .string(text)
    case .list(let elements): .array(elements.map(\.json))
    }
  }
}
