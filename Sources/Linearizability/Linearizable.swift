public import Checking
public import Basics
public import Histories

/// Is there one order of all operations, each between its invocation and its completion, that the
/// model could have produced (Herlihy and Wing 1990)?
///
/// Order is by event positions, not by times. A `fail` is dropped; an `info` stays open to the
/// end of time. Past its budget the answer is `unknown`, with how many keys were decided.
public struct Linearizable: Checker {
  public static let name = "linearizable"
  public static let summary = "some order of single operations explains every answer"
  public static let schema = LinearizabilitySettings.schema

  private let settings: LinearizabilitySettings

  public init(_ settings: Settings) throws(SettingsError) {
    self.settings = try LinearizabilitySettings(settings)
  }

  public var feed: Feed { .functions(settings.model.functions) }
  public var judgesRecency: Bool { true }

  public func check(_ history: History, within budget: Budget) -> Finding {
    var context = ModelContext(history, settings: settings)
    var tally = Tally()
    switch settings.model {
    case .register: registers(Register.self, history, &context, budget, &tally)
    case .casRegister: registers(CASRegister.self, history, &context, budget, &tally)
    case .keyValue: registers(KeyValue.self, history, &context, budget, &tally)
    case .multiRegister: search(MultiRegister.self, history, context, budget, &tally)
    case .mutex: search(Mutex.self, history, context, budget, &tally)
    case .counter: search(CounterModel.self, history, context, budget, &tally)
    case .set: search(SetModel.self, history, context, budget, &tally)
    case .fifoQueue: search(FIFOQueue.self, history, context, budget, &tally)
    case .unorderedQueue: search(UnorderedQueue.self, history, context, budget, &tally)
    }
    // Refusals alone, observed or not, say nothing of a service that never served.
    if !history.operations.contains(where: { $0.outcome == .ok }) { tally.isConstrained = false }
    return tally.finding(settings.model.rawValue, history, budget)
  }

  /// Registers with unique values by their zones, the others by search.
  private func registers<Model: SequentialModel>(
    _ model: Model.Type, _ history: History, _ context: inout ModelContext, _ budget: Budget,
    _ tally: inout Tally
  ) {
    guard settings.useZones, !budget.isSpent() else {
      return search(model, history, context, budget, &tally)
    }
    let isKeyed = settings.model == .keyValue
    var zones = Zones(history, &context, keyed: isKeyed)
    let conflicts = zones.conflicts(initial: context.initial)
    var unsuitable = Set(zip(zones.keys, zones.isUnsuitable).lazy.filter(\.1).map(\.0))
    tally.take(zones, conflicts, history, initial: context.initial)
    if isKeyed { unsuitable = epochs(unsuitable, history, &context, budget, &tally) }
    guard !unsuitable.isEmpty, !(settings.stopsAtFirst && tally.isViolated) else {
      return tally.skip(unsuitable.count)
    }
    let keyContext = context
    search(model, history, context, budget, &tally) {
      unsuitable.contains(isKeyed ? keyContext.target(of: $0).key : $0.key)
    }
  }

  /// Texts that are appended to, by their epochs; the keys that those cannot decide.
  private func epochs(
    _ keys: Set<Value>, _ history: History, _ context: inout ModelContext, _ budget: Budget,
    _ tally: inout Tally
  ) -> Set<Value> {
    var undecided: Set<Value> = []
    for calls in TextCalls.read(history, &context, keys: keys) {
      let isEnough = settings.stopsAtFirst && tally.isViolated
      guard !isEnough, !budget.isSpent() else {
        undecided.insert(calls.key)
        continue
      }
      let decision = Epochs.decide(calls, initial: context.initial, context.values)
      if case .undecided = decision { undecided.insert(calls.key) }
      tally.take(decision, calls)
    }
    return undecided
  }

  private func search<Model: SequentialModel>(
    _ model: Model.Type, _ history: History, _ context: ModelContext, _ budget: Budget,
    _ tally: inout Tally, where isIncluded: (Operation) -> Bool = { _ in true }
  ) {
    let judge = PartedSearch<Model>(history, context, where: isIncluded)
    if let obstacle = judge.obstacle {
      tally.obstacle = (obstacle.operation, obstacle.reason)
      return
    }
    let outcomes = judge.run(within: budget, stopsAtFirst: settings.stopsAtFirst)
    tally.take(outcomes, judge.isConstrained, history)
    tally.skip(judge.partCount - outcomes.count)
  }
}
