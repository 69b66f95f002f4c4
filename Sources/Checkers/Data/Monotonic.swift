public import Checking
public import Basics
public import Histories

/// The numbers that a key shows never go down.
///
/// Judged are the successful operations of `functions` (`read` by default) that completed with a
/// whole number. One that began after another was answered must not return less; with `scope:
/// process` only if the same process made both. A list of numbers must rise from its beginning to
/// its end; a list of rows with `val` and `sts` (a timestamp) must rise in the order of `sts`.
public struct Monotonic: Checker {
  public static let name = "monotonic"
  public static let summary = "The numbers that a key shows never go down."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "functions", .list(of: .text), "The operations whose results count.", default: "read"),
    .init(
      "scope", .choice(["everyone", "process"]),
      "Whether numbers are compared among all processes or within each.", default: "everyone"),
  ])

  let functions: [String]
  let isPerProcess: Bool

  public static let unasked = Unasked.whereOffered(["increment"])

  public var feed: Feed { .functions(functions.map { [.init($0, result: .scalar)] }) }
  public var judgesRecency: Bool { !isPerProcess }

  public init(_ settings: Settings) throws(SettingsError) {
    functions = settings.texts("functions") ?? ["read"]
    isPerProcess = settings.text("scope") == "process"
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(functions)
    var judgement = Judgement()
    var scan = MonotonicScan(history, isPerProcess: isPerProcess)
    for group in groups where !judgement.isSpent(budget) { scan.run(group, &judgement) }
    guard scan.compared > 0 else {
      return Self.nothingToJudge(
        scan.numbers == 0
          ? "No operation returned a whole number." : "No number came after another.",
        operations: scan.numbers)
    }
    return judgement.finding(
      of: Self.self, held: "\(Wording.count(scan.compared, "number")) did not go down",
      operations: scan.numbers,
      figures: [
        .init("numbers", .integer(scan.numbers)), .init("compared", .integer(scan.compared)),
        .init("decreases", .integer(scan.decreases)),
      ])
  }
}

private struct MonotonicScan {
  let history: History
  let isPerProcess: Bool
  var numbers = 0
  var compared = 0
  var decreases = 0
  /// The greatest number answered so far, by process (0 when all are one).
  private var greatest: [Int32: Seen] = [:]
  /// By operation in flight: the greatest when it began.
  private var atStart: [Int: Seen] = [:]

  struct Seen {
    let number: Int64
    let position: Int
  }

  init(_ history: History, isPerProcess: Bool) {
    self.history = history
    self.isPerProcess = isPerProcess
  }

  mutating func run(_ group: KeyGroup, _ judgement: inout Judgement) {
    greatest = [:]
    for step in Sweep(history, group.positions).all {
      let operation = history.operations[step.position]
      if !step.isInvocation, operation.outcome == .ok {
        judgeRows(operation.result, step.position, group, &judgement)
      }
      guard operation.outcome == .ok, let number = history.values.integer(operation.result) else {
        continue
      }
      let scope = isPerProcess ? operation.process : 0
      if step.isInvocation {
        atStart[step.position] = greatest[scope]
        continue
      }
      numbers += 1
      if let before = atStart.removeValue(forKey: step.position) {
        compared += 1
        if number < before.number { report(number, step.position, before, group, &judgement) }
      }
      if greatest[scope].map({ number > $0.number }) ?? true {
        greatest[scope] = Seen(number: number, position: step.position)
      }
    }
  }

  private mutating func judgeRows(
    _ result: Value, _ position: Int, _ group: KeyGroup, _ judgement: inout Judgement
  ) {
    guard let rows = MonotonicRows(result, history.values) else { return }
    numbers += rows.values.count
    compared += max(0, rows.values.count - 1)
    for (kind, before, after) in rows.breaks {
      decreases += 1
      guard judgement.evidence.count < Judgement.mostEvidence else { break }
      judgement.violated(
        kind, "a read\(group.suffix(history)) has \(after) right after \(before)", [position])
    }
  }

  private mutating func report(
    _ number: Int64, _ position: Int, _ before: Seen, _ group: KeyGroup,
    _ judgement: inout Judgement
  ) {
    decreases += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    judgement.violated(
      "decrease",
      "\(number) was returned\(group.suffix(history)) after \(before.number) had been",
      [before.position, position].sorted())
  }
}
