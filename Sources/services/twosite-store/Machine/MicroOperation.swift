/// One step of a transaction.
struct MicroOperation: Equatable, Sendable {
  enum Kind: UInt8, Sendable {
    case read, write, append
    /// Undoes an append; a client cannot ask for it.
    case remove
  }

  let kind: Kind
  let key: String
  /// What is written or appended; nothing for a read.
  let value: Datum

  init(_ kind: Kind, _ key: String, _ value: Datum = .nothing) {
    self.kind = kind
    self.key = key
    self.value = value
  }
}

extension MicroOperation: Coded {
  func write(to writer: inout ByteWriter) {
    writer.write(kind.rawValue)
    writer.write(key)
    writer.write(value)
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    guard let kind = Kind(rawValue: try reader.byte()) else { throw MalformedBytes() }
    self.init(kind, try reader.value(), try reader.value())
  }
}
