public import Checking
public import Basics
public import Histories

/// Every read of a counter lies between what it must hold and what it can hold.
///
/// At least: the additions acknowledged before the read began. At most: those, and every addition
/// that began before the read was over and is not known to have failed. An addition may be
/// negative; it then moves the lower bound as long as it is uncertain. Operations are `add` (an
/// integer) and `read`.
public struct Counter: Checker {
  public static let name = "counter"
  public static let summary = "Every read of a counter is between the certain and the possible sum."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "initial", .integer, "What the counter held before the first addition.", default: "0"),
  ])

  let initial: Int64

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .scalar)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    initial = Int64(settings.integer("initial") ?? 0)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let groups = history.byKey(["add", "read"])
    var judgement = Judgement()
    var scan = CounterScan(history, initial)
    for group in groups { scan.run(group, &judgement) }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard scan.reads > 0 else {
      return Self.nothingToJudge("No read of a counter succeeded.", operations: operations)
    }
    if scan.additions == 0 { judgement.doubt("No addition succeeded.") }
    return judgement.finding(
      of: Self.self, held: "\(Wording.count(scan.reads, "read")) were each possible",
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

  mutating func run(_ group: KeyGroup, _ judgement: inout Judgement) {
    starts = [:]
    certain = Sums()
    begun = Sums()
    for step in Sweep(history, group.positions).all {
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
      if addition.outcome != .fail { begun.add(value) }
    } else if addition.outcome == .ok {
      certain.add(value)
      additions += 1
    }
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
    guard value < low || value > high else { return }
    errorCount += 1
    if errors.count < 1000 { errors.append([.integer(low), .integer(value), .integer(high)]) }
    judgement.violated(
      value < low ? "too low" : "too high",
      "a read\(group.suffix(history)) returned \(value), possible were \(low) to \(high)",
      [position])
  }
}
