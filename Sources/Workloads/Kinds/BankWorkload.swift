public import Basics
internal import Histories

/// Money moves between accounts; it is neither made nor lost.
public struct BankWorkload: Workload {
  public static let kind = "bank"
  public static let summary = "Moves money between accounts, and reads all balances."
  public static let contract = """
    transfer takes 'amount' from the account 'from' and gives it to the account 'to', both or neither; it is
    fail where that would leave less than nothing. read completes with a map from every account to its
    balance, as they were at one moment. Accounts are 0, 1, 2 … and must be there before the run, with the
    balances of the client's setup. In the end every replica is asked for a read.
    """
  public static let schema = Schema([
    Schema.Key("accounts", .count(2...10_000), "How many accounts there are.", default: "8"),
    Schema.Key("most", .count(1...1_000_000), "The largest amount that is moved.", default: "5"),
    ReadShare.key("50%"),
  ])

  private static let transfer = WorkloadFunction(
    "transfer", argument: .map, parts: ["from", "to", "amount"],
    "Moves 'amount' from the account 'from' to the account 'to', both or neither.")
  private static let read = WorkloadFunction(
    "read", result: .map, isRead: true, "Completes with a map from accounts to balances.")
  public static let functions = [transfer, read]

  private let accounts: Int
  private let most: Int
  private let reads: Ratio

  /// The mark does not matter: money has no name.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    accounts = settings.integer("accounts") ?? 8
    most = settings.integer("most") ?? 5
    reads = settings.ratio("reads") ?? Ratio(0.5)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    if chance.roll(reads) { return Invocation(Self.read) }
    let from = chance.below(accounts)
    let to = (from + 1 + chance.below(accounts - 1)) % accounts
    let parts = [("from", from), ("to", to), ("amount", 1 + chance.below(most))]
    return Invocation(
      Self.transfer,
      .map(parts.map { .init(.text($0.0), .integer(Int64($0.1))) }))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard invocation.function == Self.read, completion.kind == .ok else { return completion }
    if case .map = completion.result { return completion }
    return .fail(
      "the answer must be a map from accounts to balances, not \(completion.result.account)",
      by: completion.server)
  }

  public func ending(after operations: Int) -> Ending { .everyReplica([Invocation(Self.read)]) }
}
