internal import Histories

/// Which operations of a history are transactions.
struct TransactionFunctions {
  private let ids: [Bool]

  /// The function of that name; unnamed, every function whose name contains `txn`; and where no
  /// operation has such a one (histories written without a function), every operation.
  init(_ history: History, named name: String?) {
    let matches = history.functions.map { name == nil ? Self.saysTransaction($0) : $0 == name }
    ids =
      name == nil && !matches.contains(true)
      ? matches.map { _ in true } : matches
  }

  func contains(_ id: FunctionID) -> Bool { ids[Int(id.index)] }

  private static func saysTransaction(_ name: String) -> Bool {
    let word = Array("txn".utf8)
    let text = Array(name.utf8)
    guard text.count >= word.count else { return false }
    return (0...(text.count - word.count)).contains { text[$0..<$0 + word.count] == word[...] }
  }
}

/// The words of micro-operations, remembered so that a text is compared once a history.
struct TransactionWords {
  /// Lists know `r` and `append`, registers `r` and `w`.
  enum Dialect {
    case lists, registers
  }

  let dialect: Dialect
  private var known: [(word: Value, verb: TransactionTable.Verb)] = []

  init(_ dialect: Dialect = .lists) { self.dialect = dialect }

  mutating func verb(_ word: Value, in values: Values) -> TransactionTable.Verb? {
    for entry in known where entry.word == word { return entry.verb }
    let verb: TransactionTable.Verb
    switch (values.text(word), dialect) {
    case ("r", _), ("read", _): verb = .read
    case ("append", .lists): verb = .write
    case ("w", .registers), ("write", .registers): verb = .write
    default: return nil
    }
    known.append((word, verb))
    return verb
  }
}

/// Makes values that are lists or maps equal exactly when their contents are.
struct CanonicalValues {
  private var composite: [String: Value] = [:]

  func known(_ value: Value, in values: Values) -> Value {
    switch value.kind {
    case .list, .map: composite[values.describe(value)] ?? value
    default: value
    }
  }

  mutating func value(_ value: Value, in values: Values) -> Value {
    switch value.kind {
    case .list, .map:
      let text = values.describe(value)
      if let known = composite[text] { return known }
      composite[text] = value
      return value
    default: return value
    }
  }
}
