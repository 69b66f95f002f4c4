import Basics
import ServiceGround

/// One call of a client, whichever protocol it came by.
struct Call: Sendable {
  let verb: StoreVerb
  /// The object's name; for a transaction, what stands before the names of its cells.
  let name: String
  /// What comes with it.
  let value: JSON
  /// Who asks and for how manieth time; zeros for a client that does not repeat itself.
  var session: UInt64 = 0
  var number: UInt64 = 0
  /// A read is answered from what this replica has applied, leader or not.
  var isLocal = false
  /// Another replica has passed it on to this one, which must not pass it on again.
  var isPassed = false
  let deadline: Deadline
}

/// Why a call makes no sense, as a sentence.
struct CallError: Error, Equatable {
  let message: String
  init(_ message: String) { self.message = message }
}

/// What a call comes to.
enum CallWork: Equatable, Sendable {
  case command(StoreCommand)
  case query(StoreQuery)
  case transaction([MicroOperation])
  /// A number from this replica alone.
  case identifier
}

extension Call {
  /// - Parameter site: where the replica stands that was called.
  func work(at site: String) throws(CallError) -> CallWork {
    switch verb {
    case .read: .query(.read(key: name))
    case .write: .command(.write(key: name, try datum(value)))
    case .cas: try compareAndSet()
    case .txn: .transaction(try operations())
    case .add: .command(.addElement(set: name, try datum(value)))
    case .elements: .query(.elements(set: name))
    case .increase: .command(.increase(counter: name, by: try integer(value, "an amount")))
    case .counter: .query(.counter(name))
    case .open: .command(.openBank(name, try balances()))
    case .transfer: try transfer()
    case .balances: .query(.balances(bank: name))
    case .enqueue: .command(.enqueue(queue: name, try datum(value)))
    case .take: try take()
    case .acknowledge:
      .command(.acknowledge(queue: name, token: try natural(value, "a token")))
    case .acquire: try acquire()
    case .release: .command(.release(lock: name, token: try natural(value, "a token")))
    case .set: try timer(site)
    case .fired: .query(.fired)
    case .next: .command(.number(sequence: name, count: 1))
    case .id: .identifier
    }
  }

  private func compareAndSet() throws(CallError) -> CallWork {
    if let old = value["old"], let new = value["new"] {
      return .command(.compareAndSet(key: name, old: try datum(old), new: try datum(new)))
    }
    guard case .array(let pair) = value, pair.count == 2 else {
      throw CallError("[old, new] is expected")
    }
    return .command(
      .compareAndSet(key: name, old: try datum(pair[0]), new: try datum(pair[1])))
  }

  /// `[["append", 1, 5], ["w", 2, 6], ["r", 1, null]]`.
  private func operations() throws(CallError) -> [MicroOperation] {
    guard case .array(let elements) = value, !elements.isEmpty, elements.count <= 256 else {
      throw CallError("a list of 1 to 256 micro-operations is expected")
    }
    var operations: [MicroOperation] = []
    for element in elements {
      guard case .array(let parts) = element, parts.count == 3,
        let kind = Self.kinds[parts[0]]
      else { throw CallError("[\"r\", KEY, null], [\"w\", KEY, VALUE] or append is expected") }
      let value: Datum = kind == .read ? .nothing : try datum(parts[2])
      operations.append(MicroOperation(kind, cell(try datum(parts[1])), value))
    }
    return operations
  }

  private static let kinds: [JSON: MicroOperation.Kind] = [
    "r": .read, "w": .write, "append": .append,
  ]

  private func cell(_ key: Datum) -> String {
    let text = if case .text(let text) = key { text } else { key.json.text() }
    return name.isEmpty ? text : "\(name)/\(text)"
  }

  private func balances() throws(CallError) -> [Int64] {
    guard case .array(let elements) = value, !elements.isEmpty else {
      throw CallError("a list of balances is expected")
    }
    var balances: [Int64] = []
    for element in elements { balances.append(try integer(element, "a balance")) }
    return balances
  }

  private func transfer() throws(CallError) -> CallWork {
    .command(
      .transfer(
        bank: name, from: try integer(value["from"], "from"), to: try integer(value["to"], "to"),
        amount: try integer(value["amount"], "amount")))
  }

  /// Without a lease the element is gone as soon as it is taken.
  private func take() throws(CallError) -> CallWork {
    let lease = try value["lease"].map { (lease) throws(CallError) in
      try natural(lease, "lease, in milliseconds")
    }
    return .command(
      .take(queue: name, lease: lease ?? 0, inOrder: value["ordered"] == .bool(true)))
  }

  private func acquire() throws(CallError) -> CallWork {
    .command(
      .acquire(
        lock: name, owner: try datum(value["owner"] ?? .null),
        lease: try natural(value["lease"], "lease, in milliseconds")))
  }

  private func timer(_ site: String) throws(CallError) -> CallWork {
    guard let id = value["id"] else { throw CallError("id is expected") }
    return .command(
      .setTimer(
        try datum(id), delay: try natural(value["delay"], "delay, in milliseconds"), home: site))
  }

  private func datum(_ json: JSON) throws(CallError) -> Datum {
    guard let datum = Datum(json) else {
      throw CallError("a whole number, a text or a list is expected, not \(json.text())")
    }
    return datum
  }

  private func integer(_ json: JSON?, _ what: String) throws(CallError) -> Int64 {
    guard case .integer(let number)? = json else {
      throw CallError("\(what), a whole number, is expected")
    }
    return number
  }

  private func natural(_ json: JSON?, _ what: String) throws(CallError) -> UInt64 {
    guard let number = UInt64(exactly: try integer(json, what)) else {
      throw CallError("\(what), which is not negative, is expected")
    }
    return number
  }
}

extension Call {
  /// An answer as clients see it.
  func account(_ answer: Datum) -> JSON {
    switch verb {
    case .txn: transaction(answer)
    case .take: delivery(answer)
    case .balances: balances(answer)
    default: answer.json
    }
  }

  /// The micro-operations as they were asked, with what was read in the place of null.
  private func transaction(_ answer: Datum) -> JSON {
    guard case .array(let asked) = value, let results = answer.elements else { return .null }
    return .array(
      zip(asked, results).map { asked, result in
        guard case .array(let parts) = asked, parts.count == 3 else { return asked }
        return .array([parts[0], parts[1], result.json])
      })
  }

  private func delivery(_ answer: Datum) -> JSON {
    guard let parts = answer.elements, parts.count == 2 else { return ["value": nil] }
    return ["value": parts[0].json, "token": parts[1].json]
  }

  private func balances(_ answer: Datum) -> JSON {
    .object(
      (answer.elements ?? []).compactMap(\.elements).filter { $0.count == 2 }.map {
        JSON.Member($0[0].json.text(), $0[1].json)
      })
  }
}
