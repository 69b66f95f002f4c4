extension StampedCommand: Coded {
  func write(to writer: inout ByteWriter) {
    writer.write(stamp.session)
    writer.write(stamp.number)
    writer.write(stamp.time)
    writer.write(stamp.defects.map(\.rawValue))
    writer.write(command)
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    let session = try reader.number()
    let number = try reader.number()
    let time = try reader.number()
    var defects: [Defect] = []
    for name in try reader.value([String].self) {
      guard let defect = Defect(rawValue: name) else { throw MalformedBytes() }
      defects.append(defect)
    }
    stamp = Stamp(session: session, number: number, time: time, defects: defects)
    command = try reader.value()
  }
}

extension StoreCommand: Coded {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .write(let key, let value): writer.write(1, key, value)
    case .compareAndSet(let key, let old, let new): writer.write(2, key, old, new)
    case .transaction(let operations): writer.write(3, operations)
    case .install(let installation): writer.write(4, installation)
    case .addElement(let set, let element): writer.write(5, set, element)
    case .increase(let counter, let amount): writer.write(6, counter, amount)
    case .openBank(let bank, let balances): writer.write(7, bank, balances)
    case .transfer(let bank, let from, let to, let amount): writer.write(8, bank, from, to, amount)
    case .enqueue(let queue, let element): writer.write(9, queue, element)
    case .take(let queue, let lease, let inOrder): writer.write(10, queue, lease, inOrder)
    case .acknowledge(let queue, let token): writer.write(11, queue, token)
    case .acquire(let lock, let owner, let lease): writer.write(12, lock, owner, lease)
    case .release(let lock, let token): writer.write(13, lock, token)
    case .setTimer(let id, let delay, let home): writer.write(14, id, delay, home)
    case .fire(let ids): writer.write(15, ids)
    case .number(let sequence, let count): writer.write(16, sequence, count)
    }
  }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    switch try reader.byte() {
    case 1: self = .write(key: try reader.value(), try reader.value())
    case 2:
      self = .compareAndSet(
        key: try reader.value(), old: try reader.value(), new: try reader.value())
    case 3: self = .transaction(try reader.value())
    case 4: self = .install(try reader.value())
    case 5: self = .addElement(set: try reader.value(), try reader.value())
    case 6: self = .increase(counter: try reader.value(), by: try reader.value())
    case 7: self = .openBank(try reader.value(), try reader.value())
    case 8:
      self = .transfer(
        bank: try reader.value(), from: try reader.value(), to: try reader.value(),
        amount: try reader.value())
    case 9: self = .enqueue(queue: try reader.value(), try reader.value())
    case 10:
      self = .take(
        queue: try reader.value(), lease: try reader.value(), inOrder: try reader.value())
    case 11: self = .acknowledge(queue: try reader.value(), token: try reader.value())
    case 12:
      self = .acquire(
        lock: try reader.value(), owner: try reader.value(), lease: try reader.value())
    case 13: self = .release(lock: try reader.value(), token: try reader.value())
    case 14:
      self = .setTimer(try reader.value(), delay: try reader.value(), home: try reader.value())
    case 15: self = .fire(try reader.value())
    case 16: self = .number(sequence: try reader.value(), count: try reader.value())
    default: throw MalformedBytes()
    }
  }
}

extension ByteWriter {
  /// Which case it is, and what it holds.
  fileprivate mutating func write<each Part: Coded>(_ code: UInt8, _ parts: repeat each Part) {
    write(code)
    repeat write(each parts)
  }
}
