internal import Basics
internal import Histories

/// What the workloads of transactions have in common: how long one is, which keys it is about, and what may
/// come back.
struct Transactions: Sendable {
  static let keys =
    Keyed.changing + [
      ReadShare.key("50%"),
      Schema.Key(
        "length", .count(1...64), "How many micro-operations a transaction has at most.",
        default: "4"),
    ]

  /// The one function.
  static func function(_ summary: String) -> WorkloadFunction {
    WorkloadFunction("txn", argument: .transaction, result: .transaction, summary)
  }

  private let keyed: Keyed
  private let reads: Ratio
  private let length: Int
  private let mark: ElementMark
  private let write: String

  init(_ settings: Settings, mark: ElementMark, write: String) throws(WorkloadError) {
    self.mark = mark
    self.write = write
    keyed = try Keyed(settings, isChanging: true)
    reads = settings.ratio("reads") ?? Ratio(0.5)
    length = settings.integer("length") ?? 4
  }

  /// One to `length` micro-operations; every value is written once in the run.
  func argument(_ sequence: Int, using chance: inout Chance) -> Payload {
    let count = 1 + chance.below(length)
    return .list(
      (0..<count).map { place in
        let key = Payload.integer(keyed.key(sequence, using: &chance))
        if chance.roll(reads) { return .list([.symbol("r"), key, .none]) }
        let value = mark.element(sequence) * 64 + Int64(place)
        return .list([.symbol(write), key, .integer(value)])
      })
  }

  /// A read of each key that may have been used, as a transaction of its own.
  func ending(_ function: WorkloadFunction, after operations: Int) -> Ending {
    .everyReplica(
      keyed.all(after: operations).map { key in
        Invocation(function, .list([.list([.symbol("r"), .integer(key), .none])]))
      })
  }

  /// Refuses what is not the same micro-operations with values filled in.
  ///
  /// - Parameter isList: whether a read must complete with a list or nothing.
  static func reading(
    _ completion: Completion, of invocation: Invocation, isList: Bool
  ) -> Completion {
    guard completion.kind == .ok else { return completion }
    let asked = invocation.argument.elements ?? []
    let answered = completion.result.elements ?? []
    let isWhole =
      asked.count == answered.count
      && zip(asked, answered).allSatisfy { answers($1, to: $0, isList: isList) }
    guard isWhole else {
      return .info(
        "the answer must be the transaction with what it read, not \(completion.result.account)",
        by: completion.server)
    }
    return completion
  }

  private static func answers(_ answer: Payload, to question: Payload, isList: Bool) -> Bool {
    guard let asked = question.elements, let said = answer.elements, said.count == 3,
      said[0].text == asked[0].text, said[1] == asked[1]
    else { return false }
    guard asked[0] == .symbol("r") else { return said[2] == asked[2] }
    return !isList || said[2] == .none || said[2].elements != nil
  }
}
