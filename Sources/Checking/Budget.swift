#if CANARY
  internal import Basics
#endif
public import Histories

/// What a checker may spend. Past it the answer is `unknown`, never a crash or a swap storm.
public struct Budget: Sendable {
  /// True once the time is up; cheap enough to ask every thousand steps.
  public let isSpent: @Sendable () -> Bool
  /// How many bytes a checker's own state may grow to.
  public let memoryBytes: Int

  /// Neither time nor memory runs out: a checker goes on to its end.
  public static let unlimited = Budget(memoryBytes: .max) { false }

  /// `isSpent` may be asked from any thread; once true, it is to stay true.
  public init(memoryBytes: Int, isSpent: @escaping @Sendable () -> Bool) {
    self.memoryBytes = memoryBytes
    self.isSpent = isSpent
  }

  /// What the state of a checker that keeps no more than a row for each operation takes at least.
  private static var bytesPerOperation: Int { 64 }

  /// Why a checker need not begin; nil when it may.
  package func refusal(of history: History) -> String? {
    if isSpent() { return "the time budget was spent before the history was judged" }
    let needed = history.operations.count * Budget.bytesPerOperation
    guard needed > memoryBytes else { return nil }
    return "the memory budget of \(memoryBytes) bytes is not enough for "
      + "\(history.operations.count) operations"
  }
}

extension Checker {
  /// What the checker says where the budget lets it begin, else `unknown`.
  public func judge(_ history: History, within budget: Budget) -> Finding {
    #if CANARY
      if Canary.leavesOut(checker: Self.name) {
        return Finding(checker: Self.name, verdict: .valid, summary: "a canary says so")
      }
    #endif
    let shown = judgesRecency ? history.withoutReplicaReads : history
    return Self.spent(budget, on: shown) ?? check(shown, within: budget)
  }

  /// The answer where the budget does not let a checker begin; nil where it does.
  ///
  /// Every checker's `check` begins with it.
  package static func spent(_ budget: Budget, on history: History) -> Finding? {
    budget.refusal(of: history).map {
      Finding(checker: name, verdict: .unknown, summary: $0, operations: 0)
    }
  }
}

extension Judgement {
  /// Whether the time is up; if so, what has not been judged yet is a doubt.
  package mutating func isSpent(_ budget: Budget) -> Bool {
    guard budget.isSpent() else { return false }
    doubt("the time budget was spent before everything was judged")
    return true
  }
}
