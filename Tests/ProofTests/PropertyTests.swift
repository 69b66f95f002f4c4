import Basics
import Checkers
import Checking
import Histories
import TestGround
import Testing

/// What must hold of every checker, on generated histories and on our own small ones.
struct PropertyTests {
  private static let rounds = 10

  @Test func everyCheckerHasAScenario() {
    let covered = Set(Scenario.all.map(\.checker)).union(Scenario.withFaults)
      .union(Scenario.ofWorkloads)
    #expect(covered == Set(Catalogue.all.map { $0.name }))
  }

  private func eachLegal(
    _ scenario: Scenario, _ body: (LegalHistory, inout Chance, UInt64) throws -> Void
  ) throws {
    let seed = Seeds.fresh("\(scenario) ")
    var chance = Chance(seed: seed)
    for round in 0..<Self.rounds {
      try body(scenario.legal(calls: 12 + 6 * round, &chance), &chance, seed)
    }
  }

  @Test(arguments: Scenario.all)
  func aLegalHistoryIsNeverRefused(scenario: Scenario) throws {
    var verdicts: [Verdict: Int] = [:]
    try eachLegal(scenario) { (legal, _, seed) throws in
      let finding = try scenario.finding(legal.history())
      verdicts[finding.verdict, default: 0] += 1
      #expect(finding.verdict != .invalid, "seed \(seed): \(finding.summary)")
    }
    // Most must be judged, or the property says nothing.
    #expect(verdicts[.valid, default: 0] > Self.rounds / 2, "\(verdicts)")
  }

  @Test(arguments: Scenario.all)
  func namesOfProcessesAndValuesSayNothing(scenario: Scenario) throws {
    try eachLegal(scenario) { (legal, _, seed) throws in
      let history = try legal.history()
      try expectSame(scenario.finding, history, renamed(history, scenario.valuesAreNames), seed)
    }
  }

  @Test(arguments: Fixture.all)
  func namesOfProcessesSayNothingInAFixture(fixture: Fixture) throws {
    let history = try fixture.history()
    try expectSame(fixture.finding, history, renamed(history, false), 0)
  }

  private func expectSame(
    _ judge: (History) throws -> Finding, _ before: History, _ after: History, _ seed: UInt64
  ) throws {
    let (first, second) = (try judge(before), try judge(after))
    #expect(first.verdict == second.verdict, "seed \(seed): \(first.summary); \(second.summary)")
    #expect(first.kinds == second.kinds, "seed \(seed)")
  }

  /// Processes in the opposite order, and positive integers too where they are only names.
  private func renamed(_ history: History, _ valuesAreNames: Bool) -> History {
    let last = history.operations.map(\.process).max() ?? 0
    var values = history.values
    let rename = { (value: Value) -> Value in
      guard valuesAreNames else { return value }
      return value.copied(from: history.values, to: &values) { $0 > 0 ? 5000 - $0 : $0 }
    }
    var operations = history.operations
    for position in operations.indices {
      operations[position].process = last - operations[position].process
      operations[position].argument = rename(operations[position].argument)
      operations[position].result = rename(operations[position].result)
      operations[position].key = rename(operations[position].key)
    }
    return history.with(operations: operations, values: values)
  }

  /// Invocations without a completion between them, and completions without an invocation
  /// between them, may stand in any order.
  @Test(arguments: Scenario.all.filter(\.isOfOrder))
  func theOrderOfConcurrentOperationsSaysNothing(scenario: Scenario) throws {
    try eachLegal(scenario) { (legal, chance, seed) throws in
      let other = scenario.isKeyed ? Fixture.illegal(scenario)?.randomElement(using: &chance) : nil
      let history =
        try other.map { try legal.mixed(with: $0.history(), keys: (1, 999), &chance) }
        ?? legal.history()
      let runs = Runs(history)
      let shifts = (0..<2 * history.operations.count).map { _ in
        Int.random(in: 0..<1000, using: &chance)
      }
      let shuffled = history.reordered { position, isInvocation in
        runs.number(position, isInvocation) * 1000 + shifts[2 * position + (isInvocation ? 0 : 1)]
      }
      let (first, second) = (try scenario.finding(history), try scenario.finding(shuffled))
      #expect(first.verdict == second.verdict, "seed \(seed): \(first.summary); \(second.summary)")
    }
  }

  @Test(arguments: Scenario.all.filter(\.isOfOrder))
  func aWiderIntervalNeverMakesAHistoryInvalid(scenario: Scenario) throws {
    try eachLegal(scenario) { (legal, chance, seed) throws in
      var wider = legal
      for _ in 0..<3 * wider.events.count { wider.widen(&chance) }
      let finding = try scenario.finding(wider.history())
      #expect(finding.verdict != .invalid, "seed \(seed): \(finding.summary)")
    }
  }

  @Test(arguments: Fixture.all.filter { $0.expected == .valid && !$0.isOfService })
  func aWiderIntervalNeverMakesAFixtureInvalid(fixture: Fixture) throws {
    let seed = Seeds.fresh("\(fixture) ")
    var chance = Chance(seed: seed)
    for _ in 0..<10 {
      let finding = try fixture.finding(of: fixture.history().widened(&chance))
      #expect(finding.verdict != .invalid, "seed \(seed): \(finding.summary)")
    }
  }

  /// Every kind of violation in the fixtures, hidden among the operations of a legal history.
  @Test(arguments: Scenario.all.filter { Fixture.illegal($0)?.isEmpty == false })
  func aPlantedViolationNeverPasses(scenario: Scenario) throws {
    let seed = Seeds.fresh("\(scenario) ")
    var chance = Chance(seed: seed)
    for fixture in Fixture.illegal(scenario) ?? [] {
      let planted = try fixture.history()
      for calls in [10, 30, 50] {
        let keys = scenario.isKeyed ? (own: 1, other: 999) : nil
        let history = try scenario.legal(calls: calls, &chance)
          .mixed(with: planted, keys: keys, &chance)
        let finding = try fixture.finding(of: history)
        #expect(finding.verdict == .invalid, "seed \(seed): \(fixture), \(finding.summary)")
        #expect(!finding.kinds.isDisjoint(with: fixture.kinds), "\(fixture) \(finding.kinds)")
      }
    }
  }
}

extension Fixture {
  var isOfService: Bool {
    let service: Set<String> = ["availability", "latency", "balanced"]
    return Scenario.withFaults.union(service).contains(checker)
  }

  /// The fixtures whose violation can be hidden in a scenario's legal histories.
  static func illegal(_ scenario: Scenario) -> [Fixture]? {
    guard scenario.isOfOrder else { return nil }
    return all.filter { fixture in
      guard fixture.expected == .invalid, fixture.checker == scenario.checker,
        fixture.settings["model"] == scenario.settings["model"],
        // A format without real time, or with keys of its own, does not mix.
        let history = try? fixture.history(), history.hasRealTimeOrder
      else { return false }
      let ownKeys = history.operations.contains { !$0.key.isNone }
      let ownAlgorithm = scenario.settings["algorithm"] == nil || scenario.settings["model"] == "kv"
      return ownKeys != scenario.isKeyed
        && (ownAlgorithm || fixture.settings["algorithm"] == nil)
    }
  }
}

/// Which events stand together, without an event of the other kind between them.
private struct Runs {
  private var numbers: [Int32: Int] = [:]

  init(_ history: History) {
    var events: [(index: Int32, isInvocation: Bool)] = []
    for operation in history.operations {
      events.append((operation.invocationIndex, true))
      if operation.completionIndex != .max { events.append((operation.completionIndex, false)) }
    }
    events.sort { $0.index < $1.index }
    var number = 0
    for (place, event) in events.enumerated() {
      if place > 0, events[place - 1].isInvocation != event.isInvocation { number += 1 }
      numbers[event.index] = number
    }
    indices = history.operations.map { ($0.invocationIndex, $0.completionIndex) }
  }

  private let indices: [(Int32, Int32)]

  func number(_ position: Int, _ isInvocation: Bool) -> Int {
    numbers[isInvocation ? indices[position].0 : indices[position].1]!
  }
}

extension LegalHistory {
  /// Lets an operation begin before one of another process ends that ended just before.
  mutating func widen(_ chance: inout Chance) {
    guard events.count > 1 else { return }
    let place = Int.random(in: 1..<events.count, using: &chance)
    let (before, after) = (events[place - 1], events[place])
    guard before.kind != .invoke, after.kind == .invoke, before.process != after.process,
      !after.call.isFinal
    else { return }
    events.swapAt(place - 1, place)
    events[place - 1].time = before.time
    events[place].time = after.time
  }
}

extension History {
  /// The same, for a history that was read.
  func widened(_ chance: inout Chance) throws -> History {
    var events: [Event] = []
    forEachEvent { events.append($0) }
    for _ in 0..<events.count where events.count > 1 {
      let place = Int.random(in: 1..<events.count, using: &chance)
      let (before, after) = (events[place - 1], events[place])
      guard before.kind != .invoke, after.kind == .invoke, before.process != after.process,
        !after.isFinal
      else { continue }
      events.swapAt(place - 1, place)
      events[place - 1].time = before.time
      events[place].time = after.time
    }
    var builder = HistoryBuilder()
    builder.values = values
    for name in functions { _ = builder.function(name) }
    for name in labels { _ = builder.label(name) }
    builder.hasTimes = hasTimes
    builder.hasRealTimeOrder = hasRealTimeOrder
    builder.faults = faults
    for event in events { try builder.append(event) }
    return builder.finish()
  }
}
