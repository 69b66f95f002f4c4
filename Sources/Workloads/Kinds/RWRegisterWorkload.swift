public import Basics
internal import Histories

/// Transactions of reads and writes of registers.
public struct RWRegisterWorkload: Workload {
  public static let kind = "rw-register"
  public static let summary = "Transactions that read and write registers."
  public static let contract = """
    txn carries out its micro-operations in order, all or none: [w key value] writes a whole number, [r key nil]
    reads the key's value. It completes with the same micro-operations, what was read in the place of nil (nil
    where nothing was written). Every number is written once in the run. In the end every replica is asked for
    every register, each in a transaction of its own.
    """
  public static let addsElements = true
  public static let schema = Schema(Transactions.keys)

  private static let txn = Transactions.function(
    "Carries out the micro-operations of 'value', [w key value] and [r key nil].")
  public static let functions = [txn]

  private let transactions: Transactions

  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    transactions = try Transactions(settings, mark: mark, write: "w")
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    Invocation(Self.txn, transactions.argument(sequence, using: &chance))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    Transactions.reading(completion, of: invocation, isList: false)
  }

  public func ending(after operations: Int) -> Ending {
    transactions.ending(Self.txn, after: operations)
  }
}
