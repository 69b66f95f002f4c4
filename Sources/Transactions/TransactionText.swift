internal import Histories

/// How sentences speak of transactions: by their place in the history, `T12`.
struct TransactionText {
  let table: TransactionTable
  let values: Values
  /// Registers are written, lists appended to.
  var dialect = TransactionWords.Dialect.lists

  func name(transaction: Int) -> String { "T\(table.operation[transaction])" }

  /// The transaction of a micro-operation.
  func name(_ mop: Int) -> String { name(transaction: table.transaction(of: mop)) }

  func key(number: Int) -> String { values.describe(table.keys[number]) }

  func key(_ mop: Int) -> String { key(number: Int(table.key[mop])) }

  func value(_ mop: Int) -> String { values.describe(table.value[mop]) }

  /// The key and what was read of it.
  func version(_ mop: Int) -> String { "\(key(mop)) as \(value(mop))" }

  /// One clause an edge: why the first transaction comes before the second.
  func clause(_ edge: Cycle.Edge) -> String {
    let (a, b) = (name(transaction: edge.source), name(transaction: edge.target))
    let mop = edge.reason
    switch edge.kind {
    case .process: return "\(a) came before \(b) in one process"
    case .realtime, .pass: return "\(a) completed before \(b) was invoked"
    case .writeWrite where table.verb[mop] == .read:
      return "\(name(mop)) read \(key(mop)) from \(b) with \(a)'s write of it in sight"
    case .writeWrite where dialect == .lists:
      return "\(a) appended to \(key(mop)) before \(b) appended \(value(mop))"
    case .writeWrite: return "\(a) wrote \(key(mop)) before \(b) wrote \(value(mop))"
    case .readWrite where dialect == .lists:
      return "\(a) read \(key(mop)) without \(value(mop)), which \(b) appended"
    case .readWrite: return "\(a) read \(key(mop)) before \(b) wrote \(value(mop))"
    case .writeRead where dialect == .lists:
      let last = values.elements(table.value[mop])?.last.map(values.describe) ?? "it"
      return "\(a) appended \(last) to \(key(mop)), which \(b) read"
    case .writeRead: return "\(a) wrote \(value(mop)) to \(key(mop)), which \(b) read"
    }
  }

  func sentence(_ cycle: Cycle) -> String {
    cycle.edges.map(clause).joined(separator: "; ") + ": a cycle"
  }
}

extension TransactionTable {
  /// Position in `History.operations` of a micro-operation's transaction.
  func position(of mop: Int) -> Int { Int(operation[transaction(of: mop)]) }
}
