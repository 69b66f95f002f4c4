public import Basics
public import Checking
public import Histories

/// No value is replaced more often than it was there: of two acknowledged compare-and-sets that replaced the same
/// one, the first is lost.
///
/// That is the phenomenon P4 of Berenson and others (1995), for registers whose updates name what they replace
/// (`cas` of `[old, new]`). A value is there once for each `write` and `cas` that may have put it there, and once
/// more where it is the register's first. What was written without a look at what was there is not judged: nobody
/// can say of a blind write that it was lost.
public struct LostUpdate: Checker {
  public static let name = "lost-update"
  public static let summary = "No value is replaced by more compare-and-sets than it was there for."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init("initial", .text, "What every register holds at first.", default: "nothing"),
  ])

  let initial: String?

  public var feed: Feed { .functions([[.init("cas", argument: .list)]]) }

  public init(_ settings: Settings) throws(SettingsError) { initial = settings.text("initial") }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["write", "cas"])
    var judgement = Judgement()
    var updates = 0
    var lost = 0
    for group in groups where !judgement.isSpent(budget) {
      var ledger = Ledger(history, initial)
      for position in group.positions { ledger.enter(position) }
      updates += ledger.updates
      lost += ledger.report(group, &judgement)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard updates > 0 else {
      return Self.nothingToJudge("No compare-and-set succeeded.", operations: operations)
    }
    return judgement.finding(
      of: Self.self,
      held:
        "none of \(Wording.count(updates, "compare-and-set")) replaced what another had replaced",
      operations: operations,
      figures: [.init("updates", .integer(updates)), .init("lost", .integer(lost))])
  }
}

/// By value of one register: how often it was put there, and what replaced it.
private struct Ledger {
  let history: History
  let initial: String?
  /// Compare-and-sets that certainly happened.
  private(set) var updates = 0
  private var elements = Elements()
  private var arrivals: [Int] = []
  private var replacements: [[Int32]] = []

  init(_ history: History, _ initial: String?) {
    self.history = history
    self.initial = initial
  }

  mutating func enter(_ position: Int32) {
    let operation = history.operations[Int(position)]
    guard operation.outcome != .fail else { return }
    guard history.name(operation.function) == "cas" else {
      return arrivals[number(operation.argument)] += 1
    }
    guard let pair = history.values.elements(operation.argument), pair.count == 2,
      let old = pair.first, let new = pair.last
    else { return }
    arrivals[number(new)] += 1
    guard operation.outcome == .ok, !history.values.areEqual(old, new) else { return }
    updates += 1
    replacements[number(old)].append(position)
  }

  private mutating func number(_ value: Value) -> Int {
    let number = elements.number(value, history)
    if number == arrivals.count {
      arrivals.append(0)
      replacements.append([])
    }
    return number
  }

  /// Says what was lost; how many updates that is.
  func report(_ group: KeyGroup, _ judgement: inout Judgement) -> Int {
    var lost = 0
    for (number, updates) in replacements.enumerated() {
      let value = elements.values[number]
      // What nobody wrote and somebody found was there from the beginning.
      let isFirst = isInitial(value) || arrivals[number] == 0
      let times = arrivals[number] + (isFirst ? 1 : 0)
      guard updates.count > times else { continue }
      lost += updates.count - times
      let by = updates.prefix(8).map(describe).joined(separator: " and ")
      judgement.violated(
        "lost update",
        "\(history.values.describe(value))\(group.suffix(history)) was there "
          + "\(times == 1 ? "once" : "\(times) times") and was replaced \(updates.count) times, by \(by)",
        updates.map(Int.init))
    }
    return lost
  }

  private func isInitial(_ value: Value) -> Bool {
    guard let initial else { return value.isNone }
    return history.values.describe(value) == initial
  }

  private func describe(_ position: Int32) -> String {
    let operation = history.operations[Int(position)]
    let new = history.values.elements(operation.argument)?.last ?? .none
    return history.values.describe(new) + (history.node(operation).map { " at \($0)" } ?? "")
  }
}
