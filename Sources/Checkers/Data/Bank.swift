public import Checking
public import Basics
public import Histories

/// Money moves between accounts; it is neither made nor lost.
///
/// Operations are `transfer` and `read`, completed with a map from account to balance. The accounts
/// and the total are those of the first successful read unless they are given.
public struct Bank: Checker {
  public static let name = "bank"
  public static let summary = "The sum of all balances never changes, no balance is negative."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init("total", .integer, "The sum of all balances; without it, that of the first read."),
    .init("accounts", .list(of: .text), "The accounts; without it, those of the first read."),
    .init(
      "negative-balances", .flag, "Whether a balance may be negative.", default: "false"),
  ])

  let total: Int64?
  let accounts: [String]?
  let allowsNegative: Bool

  public static let unasked = Unasked.whereFed

  public var feed: Feed { .functions([[.init("transfer"), .init("read", result: .map)]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    total = settings.integer("total").map { Int64($0) }
    accounts = settings.texts("accounts")
    allowsNegative = settings.flag("negative-balances") ?? false
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["transfer", "read"])
    var judgement = Judgement()
    var scan = BankScan(history, allowsNegative: allowsNegative)
    for group in groups where !judgement.isSpent(budget) {
      scan.run(group, accounts: accounts, total: total, &judgement)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard scan.reads > 0 else {
      return Self.nothingToJudge("No read of the balances succeeded.", operations: operations)
    }
    scan.report(&judgement)
    if scan.transfers == 0 { judgement.doubt("No transfer succeeded.") }
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(scan.reads, "read")) each showed the total of \(scan.expected ?? 0)",
      operations: operations, figures: scan.figures)
  }
}

/// Reads of the balances, one after another.
private struct BankScan {
  let history: History
  let allowsNegative: Bool
  var reads = 0
  var expected: Int64?
  private(set) var transfers = 0
  private var known = Elements()
  /// By number in `known`: whether there is such an account.
  private var isAccount: [Bool] = []
  private var accountCount = 0
  private var named: Set<String>?
  private var errors: [Kind: Errors] = [:]

  enum Kind: String, CaseIterable {
    case wrongTotal = "wrong total"
    case negative = "negative balance"
    case unknown = "unknown account"
    case missing = "missing account"
  }

  /// All violations of one kind: how many, the first, and the one that is furthest off.
  struct Errors {
    var count = 0
    var first: (position: Int, sentence: String)
    var worst: (position: Int, sentence: String, magnitude: UInt64)
  }

  init(_ history: History, allowsNegative: Bool) {
    self.history = history
    self.allowsNegative = allowsNegative
  }

  mutating func run(
    _ group: KeyGroup, accounts: [String]?, total: Int64?, _ judgement: inout Judgement
  ) {
    expected = total
    known = Elements()
    isAccount = []
    named = accounts.map { Set($0) }
    accountCount = accounts?.count ?? 0
    let read = history.function("read")
    for position in group.positions {
      let operation = history.operations[Int(position)]
      guard operation.outcome == .ok else { continue }
      guard operation.function == read else {
        transfers += 1
        continue
      }
      guard let pairs = history.values.pairs(operation.result) else {
        judgement.doubt("A read returned \(history.values.describe(operation.result)), no map.")
        continue
      }
      // The first read says which accounts there are, unless they were named.
      if accountCount == 0 { accountCount = pairs.count / 2 }
      judge(pairs, Int(position))
    }
  }

  /// Whether there is such an account.
  private mutating func knows(_ account: Value) -> Bool {
    let number = known.number(account, history)
    if number == isAccount.count {
      isAccount.append(named?.contains(name(account)) ?? (number < accountCount))
    }
    return isAccount[number]
  }

  private func name(_ account: Value) -> String {
    history.values.text(account) ?? history.values.describe(account)
  }

  private mutating func judge(_ pairs: ArraySlice<Value>, _ position: Int) {
    reads += 1
    var sum: Int64 = 0
    var seen = 0
    for place in stride(from: pairs.startIndex, to: pairs.endIndex, by: 2) {
      let isKnown = knows(pairs[place])
      if !isKnown {
        note(.unknown, position, 1) { "account \($0.name(pairs[place])) does not exist" }
      }
      guard let balance = history.values.integer(pairs[place + 1]) else { continue }
      seen += isKnown ? 1 : 0
      sum &+= balance
      if balance < 0 && !allowsNegative {
        note(.negative, position, balance.magnitude) {
          "account \($0.name(pairs[place])) had the balance \(balance)"
        }
      }
    }
    if seen < accountCount {
      let missing = accountCount - seen
      note(.missing, position, UInt64(missing)) { _ in
        "a read lacked the balances of \(Wording.count(missing, "account"))"
      }
    }
    guard let total = expected else {
      expected = sum
      return
    }
    if sum != total {
      note(.wrongTotal, position, (sum &- total).magnitude) { _ in
        "the balances add up to \(sum), not to \(total)"
      }
    }
  }

  private mutating func note(
    _ kind: Kind, _ position: Int, _ magnitude: UInt64, _ sentence: (BankScan) -> String
  ) {
    guard errors[kind] != nil else {
      let text = sentence(self)
      errors[kind] = Errors(
        count: 1, first: (position, text), worst: (position, text, magnitude))
      return
    }
    errors[kind]!.count += 1
    if magnitude > errors[kind]!.worst.magnitude {
      errors[kind]!.worst = (position, sentence(self), magnitude)
    }
  }

  func report(_ judgement: inout Judgement) {
    for kind in Kind.allCases {
      guard let found = errors[kind] else { continue }
      judgement.violated(
        kind.rawValue, "\(found.first.sentence) (in \(found.count) of \(reads) reads)",
        [found.first.position])
      if found.worst.position != found.first.position {
        judgement.show(
          kind.rawValue, "at worst " + found.worst.sentence, [found.worst.position])
      }
    }
  }

  var figures: [JSON.Member] {
    [
      .init("reads", .integer(reads)), .init("total", .optional(expected) { .integer($0) }),
      .init(
        "errors",
        .object(Kind.allCases.map { .init($0.rawValue, .integer(errors[$0]?.count ?? 0)) })),
    ]
  }
}
