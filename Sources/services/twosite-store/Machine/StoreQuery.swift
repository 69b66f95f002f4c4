/// Everything that can be asked of the store.
enum StoreQuery: Equatable, Sendable {
  case read(key: String)
  /// Several cells as they are at one moment, with what `WeakTransactions` must know: see `Cells.view`.
  case view([String])
  case elements(set: String)
  case counter(String)
  case balances(bank: String)
  /// The ids of all timers that have fired.
  case fired
  /// The store's time, and the timers that are due at `time`: each its id and its home.
  case agenda(time: UInt64)
  /// The ids of the timers that have fired since a time.
  case firedSince(UInt64)
  /// The last number that was handed out.
  case lastNumber(sequence: String)
}

extension StoreQuery: Coded {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .read(let key): writer.write(1, key)
    case .view(let keys): writer.write(2, keys)
    case .elements(let set): writer.write(3, set)
    case .counter(let counter): writer.write(4, counter)
    case .balances(let bank): writer.write(5, bank)
    case .fired: writer.write(UInt8(6))
    case .agenda(let time): writer.write(7, time)
    case .firedSince(let time): writer.write(8, time)
    case .lastNumber(let sequence): writer.write(9, sequence)
    }
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    switch try reader.byte() {
    case 1: self = .read(key: try reader.value())
    case 2: self = .view(try reader.value())
    case 3: self = .elements(set: try reader.value())
    case 4: self = .counter(try reader.value())
    case 5: self = .balances(bank: try reader.value())
    case 6: self = .fired
    case 7: self = .agenda(time: try reader.value())
    case 8: self = .firedSince(try reader.value())
    case 9: self = .lastNumber(sequence: try reader.value())
    default: throw MalformedBytes()
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ code: UInt8, _ part: some Coded) {
    write(code)
    write(part)
  }
}

/// What the store says to a command or a question.
enum Answer: Equatable, Sendable {
  case done(Datum)
  /// Nothing was done, and that is a good answer: another value was there, somebody else has the lock.
  case declined(String)
  /// It makes no sense.
  case refused(String)
}

extension Answer: Coded {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .done(let value): writer.write(1, value)
    case .declined(let reason): writer.write(2, reason)
    case .refused(let reason): writer.write(3, reason)
    }
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    switch try reader.byte() {
    case 1: self = .done(try reader.value())
    case 2: self = .declined(try reader.value())
    case 3: self = .refused(try reader.value())
    default: throw MalformedBytes()
    }
  }
}
