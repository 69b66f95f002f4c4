public import Basics
internal import Histories

/// Transactions of appends to lists and reads of them: what Elle judges best, for a list tells the order of all
/// that was appended to it.
public struct ListAppendWorkload: Workload {
  public static let kind = "list-append"
  public static let summary = "Transactions that append to lists and read them."
  public static let contract = """
    txn carries out its micro-operations in order, all or none: [append key value] puts a whole number behind
    the list of the key, [r key nil] reads it. It completes with the same micro-operations, the lists in the
    place of nil (nil or [] where nothing was appended). Every number is appended once in the run. In the end
    every replica is asked for every list, each in a transaction of its own.
    """
  public static let addsElements = true
  public static let schema = Schema(Transactions.keys)

  private static let txn = Transactions.function(
    "Carries out the micro-operations of 'value', [append key value] and [r key nil].")
  public static let functions = [txn]

  private let transactions: Transactions

  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    transactions = try Transactions(settings, mark: mark, write: "append")
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    Invocation(Self.txn, transactions.argument(sequence, using: &chance))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    Transactions.reading(completion, of: invocation, isList: true)
  }

  public func ending(after operations: Int) -> Ending {
    transactions.ending(Self.txn, after: operations)
  }
}
