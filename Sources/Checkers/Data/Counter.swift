public import Basics
public import Checking
public import Histories

/// Every read of a counter shows a sum that the counter can have held.
///
/// That is the additions acknowledged before the read began, and some of those that began before
/// it was over and are not known to have failed; every read is judged by itself. Whether some of
/// them add up to what was read is looked for exactly while they are few or small (`SubsetSums`);
/// else a read that lies between the least and the greatest sum leaves a doubt. Operations are
/// `add` (an integer, perhaps negative) and `read`.
public struct Counter: Checker {
  public static let name = "counter"
  public static let summary = "Every read of a counter shows a sum that the additions can make."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "initial", .integer, "What the counter held before the first addition.", default: "0"),
  ])

  let initial: Int64

  public static let unasked = Unasked.whereFed

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .scalar)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    initial = Int64(settings.integer("initial") ?? 0)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["add", "read"])
    var judgement = Judgement()
    var scan = CounterScan(history, initial)
    for group in groups where !judgement.isSpent(budget) { scan.run(group, budget, &judgement) }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard scan.reads > 0 else {
      return Self.nothingToJudge("No read of a counter succeeded.", operations: operations)
    }
    if scan.additions == 0 { judgement.doubt("No addition succeeded.") }
    return judgement.finding(
      of: Self.self,
      held: "every sum that \(Wording.count(scan.reads, "read")) returned was possible",
      operations: operations,
      figures: [
        .init("reads", .integer(scan.reads)), .init("additions", .integer(scan.additions)),
        .init("errorCount", .integer(scan.errorCount)), .init("errors", .array(scan.errors)),
      ])
  }
}

/// The running sums of one counter after another.
private struct CounterScan {
  let history: History
  let initial: Int64
  let addFunction: FunctionID?
  var reads = 0
  var additions = 0
  var errorCount = 0
  /// `[low, value, high]` of the first thousand impossible reads.
  var errors: [JSON] = []
  /// By read in flight: the certain sums, of positive and of negative additions, at its start.
  private var starts: [Int32: Sums] = [:]
  /// Acknowledged additions so far.
  private var certain = Sums()
  /// Additions begun so far that are not known to fail.
  private var begun = Sums()
  /// Additions that may have been uncertain to a read in flight, with the event at which they were
  /// acknowledged; `.max` for never.
  private var uncertain: [(amount: Int64, acknowledged: Int32)] = []
  private var crowd = 64

  struct Sums {
    var positive: Int64 = 0
    var negative: Int64 = 0

    mutating func add(_ value: Int64) {
      if value >= 0 { positive &+= value } else { negative &+= value }
    }
  }

  init(_ history: History, _ initial: Int64) {
    self.history = history
    self.initial = initial
    addFunction = history.function("add")
  }

  mutating func run(_ group: KeyGroup, _ budget: Budget, _ judgement: inout Judgement) {
    starts = [:]
    certain = Sums()
    begun = Sums()
    (uncertain, crowd) = ([], 64)
    for (number, step) in Sweep(history, group.positions).all.enumerated() {
      if number & 1023 == 1023, judgement.isSpent(budget) { return }
      let operation = history.operations[step.position]
      if operation.function == addFunction {
        take(operation, step, &judgement)
      } else if operation.outcome == .ok {
        if step.isInvocation {
          starts[Int32(step.position)] = certain
        } else {
          judge(operation, at: step.position, group, &judgement)
        }
      }
    }
  }

  private mutating func take(
    _ addition: Operation, _ step: Sweep.Step, _ judgement: inout Judgement
  ) {
    guard let value = history.values.integer(addition.argument) else {
      judgement.doubt(
        "An addition of \(history.values.describe(addition.argument)) is not of a whole number.")
      return
    }
    if step.isInvocation {
      guard addition.outcome != .fail else { return }
      begun.add(value)
      uncertain.append((value, addition.deadlineIndex))
      if uncertain.count > crowd { forget(before: addition.invocationIndex) }
    } else if addition.outcome == .ok {
      certain.add(value)
      additions += 1
    }
  }

  /// Drops the additions that are certain to every read in flight and to come.
  private mutating func forget(before now: Int32) {
    let oldest = starts.keys.map { history.operations[Int($0)].invocationIndex }.min() ?? now
    uncertain.removeAll { $0.acknowledged < oldest }
    crowd = max(64, uncertain.count * 2)
  }

  private mutating func judge(
    _ read: Operation, at position: Int, _ group: KeyGroup, _ judgement: inout Judgement
  ) {
    guard let value = history.values.integer(read.result),
      let start = starts.removeValue(forKey: Int32(position))
    else {
      judgement.doubt("A read returned \(history.values.describe(read.result)), no whole number.")
      return
    }
    reads += 1
    let low = initial &+ start.positive &+ begun.negative
    let high = initial &+ begun.positive &+ start.negative
    let kind = value < low ? "too low" : value > high ? "too high" : "impossible sum"
    if kind == "impossible sum" {
      guard let canBe = canBe(value, read, start) else {
        judgement.doubt("Too many large additions were uncertain to a read to try what they make.")
        return
      }
      if canBe { return }
    }
    errorCount += 1
    if errors.count < 1000 { errors.append([.integer(low), .integer(value), .integer(high)]) }
    judgement.violated(
      kind,
      "a read\(group.suffix(history)) returned \(value), possible were \(low) to \(high)"
        + (kind == "impossible sum" ? ", but no choice of the uncertain additions makes it" : ""),
      [position])
  }

  /// Whether some of the additions that were uncertain to the read explain it; nil where that was
  /// not tried.
  private func canBe(_ value: Int64, _ read: Operation, _ start: Sums) -> Bool? {
    let amounts = uncertain.filter { $0.acknowledged > read.invocationIndex }.map(\.amount)
    let rest = value &- initial &- start.positive &- start.negative
    return SubsetSums.canMake(rest, of: amounts)
  }
}
