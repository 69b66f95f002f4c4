/// The accounts of one bank: money moves between them and is neither made nor lost.
struct Accounts: Equatable, Sendable {
  private var balances: [Int64: Int64] = [:]

  /// Accounts 0, 1, 2 …; nothing where there are some already.
  mutating func open(_ amounts: [Int64]) {
    guard balances.isEmpty else { return }
    for (account, amount) in amounts.enumerated() { balances[Int64(account)] = amount }
  }

  mutating func transfer(_ amount: Int64, from: Int64, to: Int64) -> Answer {
    guard amount > 0, from != to, let taken = balances[from], let given = balances[to] else {
      return .refused("a transfer is of more than 0, from one account to another")
    }
    guard taken >= amount else { return .declined("the account \(from) has \(taken) only") }
    let (sum, isOver) = given.addingReportingOverflow(amount)
    guard !isOver else { return .refused("the account \(to) can hold no more") }
    balances[from] = taken - amount
    balances[to] = sum
    return .done(.nothing)
  }

  /// Pairs of an account and its balance, by account.
  var all: Datum {
    .list(
      balances.sorted { $0.key < $1.key }.map { .list([.integer($0.key), .integer($0.value)]) })
  }
}

extension Accounts: Coded {
  func write(to writer: inout ByteWriter) { writer.write(balances) }
  init(from reader: inout ByteReader) throws(MalformedBytes) { balances = try reader.value() }
}
