import Checking
import Histories

/// The fencing tokens of one lock after another.
struct TokenScan {
  let history: History
  private(set) var count = 0
  private(set) var broken = 0

  /// Whether every number is a token, even if they are all the same.
  private let isRequired: Bool
  /// What every acquire of a lock completed with, and how many there were.
  private var constant: (number: Int64, count: Int)?

  init(_ history: History, isRequired: Bool) {
    self.history = history
    self.isRequired = isRequired
  }

  private struct Token {
    let number: Int64
    let position: Int
  }

  mutating func run(_ group: KeyGroup, _ judgement: inout Judgement) {
    guard !isEcho(group) else { return }
    let acquire = history.function("acquire")
    if !isRequired, let found = sameEverywhere(group, acquire) {
      constant = found
      return
    }
    var greatest: Token?
    /// By acquire in flight: the greatest token acknowledged when it began.
    var before: [Int: Token] = [:]
    var given: [Int64: Int] = [:]
    for step in Sweep(history, group.positions).all {
      guard let token = token(step.position, acquire) else { continue }
      if step.isInvocation {
        before[step.position] = greatest
        continue
      }
      count += 1
      if let other = given[token.number] {
        report("token given twice", "had been given before", token, other, group, &judgement)
      } else if let other = before[step.position], token.number < other.number {
        report(
          "token went down", "came after \(other.number)", token, other.position, group, &judgement)
      }
      given[token.number] = given[token.number] ?? step.position
      if token.number > greatest?.number ?? .min { greatest = token }
      before[step.position] = nil
    }
  }

  /// Says what cannot be judged, once all locks have been looked at.
  func judgeConstant(_ judgement: inout Judgement) {
    guard let constant else { return }
    judgement.doubt(
      "All of \(constant.count) acquires completed with \(constant.number): say `fencing: required` if that is a "
        + "fencing token, `fencing: ignored` if it is none.")
  }

  /// The number of all acquires, where there are several and they have but one.
  private func sameEverywhere(
    _ group: KeyGroup, _ acquire: FunctionID?
  ) -> (number: Int64, count: Int)? {
    let numbers = group.positions.compactMap { token(Int($0), acquire)?.number }
    guard let first = numbers.first, numbers.count > 1, numbers.allSatisfy({ $0 == first }) else {
      return nil
    }
    return (first, numbers.count)
  }

  /// Whether every acquire completes with what it was invoked with, as some histories are written.
  private func isEcho(_ group: KeyGroup) -> Bool {
    group.positions.allSatisfy { position in
      let operation = history.operations[Int(position)]
      return history.name(operation.function) != "acquire" || operation.outcome != .ok
        || history.values.areEqual(operation.result, operation.argument)
    }
  }

  /// Nil for what is no acquire that got the lock with a token.
  private func token(_ position: Int, _ acquire: FunctionID?) -> Token? {
    let operation = history.operations[position]
    guard operation.function == acquire, operation.outcome == .ok,
      let number = history.values.integer(operation.result)
    else { return nil }
    return Token(number: number, position: position)
  }

  private mutating func report(
    _ kind: String, _ what: String, _ token: Token, _ other: Int, _ group: KeyGroup,
    _ judgement: inout Judgement
  ) {
    broken += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    judgement.violated(
      kind, "token \(token.number) of the lock\(group.suffix(history)) \(what)",
      [other, token.position].sorted())
  }
}
