/// Makes bytes of values: numbers in eight bytes, the lowest first, and whatever has a length behind its length.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ byte: UInt8) { bytes.append(byte) }

  mutating func write(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }

  mutating func write(_ run: some Collection<UInt8>) {
    write(UInt64(run.count))
    bytes += run
  }

  mutating func write(_ value: some Coded) { value.write(to: &self) }
}

/// Bytes that are not what they should be; whoever sent them.
struct MalformedBytes: Error {}

/// Reads what `ByteWriter` made, and refuses everything else before it asks for memory.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(MalformedBytes) -> UInt8 {
    guard position < bytes.count else { throw MalformedBytes() }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func number() throws(MalformedBytes) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 8) {
      number |= UInt64(try byte()) << UInt64(shift)
    }
    return number
  }

  /// A count of things that take at least a byte each.
  mutating func count() throws(MalformedBytes) -> Int {
    guard let count = Int(exactly: try number()), count <= bytes.count - position else {
      throw MalformedBytes()
    }
    return count
  }

  mutating func run() throws(MalformedBytes) -> [UInt8] {
    let count = try count()
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func value<T: Coded>(_ type: T.Type = T.self) throws(MalformedBytes) -> T {
    try T(from: &self)
  }
}

/// What has one form in bytes: equal values are equal bytes on every replica.
protocol Coded {
  func write(to writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(MalformedBytes)
}

extension Coded {
  var coded: [UInt8] {
    var writer = ByteWriter()
    writer.write(self)
    return writer.bytes
  }

  /// Nil where the bytes are not one such value and nothing else.
  init?(coded bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let value = try? Self(from: &reader), reader.isAtEnd else { return nil }
    self = value
  }
}

/// What takes the fields of a structure one after another: to write them, or to read them.
protocol FieldCoder {
  associatedtype Failure: Error
  mutating func field<Value: Coded>(_ value: inout Value) throws(Failure)
}

extension ByteWriter: FieldCoder {
  typealias Failure = Never
  mutating func field<Value: Coded>(_ value: inout Value) { write(value) }
}

extension ByteReader: FieldCoder {
  mutating func field<Value: Coded>(_ value: inout Value) throws(MalformedBytes) {
    value = try self.value()
  }
}

/// A structure whose form in bytes is that of its fields; their order is said once, for both ways.
protocol CodedByFields: Coded {
  /// One whose fields are to be read yet.
  init()

  /// Hands over every field, in the order of the bytes.
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure)
}

extension CodedByFields {
  func write(to writer: inout ByteWriter) {
    var copy = self
    copy.code(&writer)
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    self.init()
    try code(&reader)
  }
}

extension UInt64: Coded {
  func write(to writer: inout ByteWriter) { writer.write(self) }
  init(from reader: inout ByteReader) throws(MalformedBytes) { self = try reader.number() }
}

extension Int64: Coded {
  func write(to writer: inout ByteWriter) { writer.write(UInt64(bitPattern: self)) }
  init(from reader: inout ByteReader) throws(MalformedBytes) {
    self = Int64(bitPattern: try reader.number())
  }
}

extension Bool: Coded {
  func write(to writer: inout ByteWriter) { writer.write(UInt8(self ? 1 : 0)) }
  init(from reader: inout ByteReader) throws(MalformedBytes) {
    switch try reader.byte() {
    case 0: self = false
    case 1: self = true
    default: throw MalformedBytes()
    }
  }
}

extension String: Coded {
  func write(to writer: inout ByteWriter) { writer.write(utf8) }
  init(from reader: inout ByteReader) throws(MalformedBytes) {
    guard let text = String(validating: try reader.run(), as: UTF8.self) else {
      throw MalformedBytes()
    }
    self = text
  }
}

extension Array: Coded where Element: Coded {
  func write(to writer: inout ByteWriter) {
    writer.write(UInt64(count))
    for element in self { writer.write(element) }
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    self = []
    for _ in 0..<(try reader.count()) { append(try reader.value()) }
  }
}

/// In the order of its keys.
extension Dictionary: Coded where Key: Coded & Comparable, Value: Coded {
  func write(to writer: inout ByteWriter) {
    writer.write(UInt64(count))
    for (key, value) in sorted(by: { $0.key < $1.key }) {
      writer.write(key)
      writer.write(value)
    }
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    self = [:]
    var last: Key?
    for _ in 0..<(try reader.count()) {
      let key = try reader.value(Key.self)
      if let last, key <= last { throw MalformedBytes() }
      last = key
      self[key] = try reader.value()
    }
  }
}
