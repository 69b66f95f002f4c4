import Checking
import Basics
import Histories
import TestGround
import Testing

@testable import Linearizability

struct LinearizableTests {
  private func check(
    _ tiny: TinyHistory, _ world: World, _ more: [String: Setting] = [:],
    within budget: Budget = .unlimited
  ) throws -> Finding {
    let settings = Settings(world.allSettings.values.merging(more) { _, new in new })
    return try Linearizable(settings).check(tiny.history(world), within: budget)
  }

  /// Operations one after the other: `f`, arguments, result.
  private func sequence(_ steps: [(String, [Int], [Int])]) -> TinyHistory {
    TinyHistory(
      operations: steps.enumerated().map { index, step in
        TinyOperation(
          process: 0, f: step.0, arguments: step.1, result: step.2, outcome: .ok,
          began: index * 2, ended: index * 2 + 1)
      })
  }

  static let legal: [(World, [(String, [Int], [Int])])] = [
    (.register, [("read", [], []), ("write", [1], []), ("read", [], [1])]),
    (.casRegister, [("write", [1], []), ("cas", [1, 2], []), ("read", [], [2])]),
    (
      .multiRegister,
      [("txn", [1, 0, 5, 1, 1, 6], [1, 0, 5, 1, 1, 6]), ("txn", [0, 1, -1], [0, 1, 6])]
    ),
    (.mutex, [("acquire", [], []), ("release", [], []), ("acquire", [], [])]),
    (
      .keyValue,
      [("put", [0, 1], []), ("append", [0, 2], []), ("get", [0], [1, 2]), ("get", [1], [])]
    ),
    (.counter, [("add", [2], []), ("add", [-1], []), ("read", [], [1])]),
    (.set, [("add", [1], []), ("add", [2], []), ("remove", [1], []), ("read", [], [2])]),
    (.elements, [("add", [1], []), ("contains", [1], [1]), ("contains", [2], [0])]),
    (
      .fifoQueue,
      [
        ("enqueue", [1], []), ("enqueue", [2], []), ("dequeue", [], [1]), ("dequeue", [], [2]),
        ("dequeue", [], []),
      ]
    ),
    (
      .unorderedQueue,
      [("enqueue", [1], []), ("enqueue", [2], []), ("dequeue", [], [2]), ("dequeue", [], [1])]
    ),
  ]

  static let illegal: [(World, [(String, [Int], [Int])])] = [
    (.register, [("write", [1], []), ("write", [2], []), ("read", [], [1])]),
    (.register, [("read", [], [7])]),
    (.register, [("write", [1], []), ("read", [], [])]),
    (.casRegister, [("write", [1], []), ("cas", [2, 3], [])]),
    (
      .multiRegister,
      [
        ("txn", [1, 0, 5, 1, 1, 6], [1, 0, 5, 1, 1, 6]),
        ("txn", [0, 0, -1, 0, 1, -1], [0, 0, 5, 0, 1, 0]),
      ]
    ),
    (.mutex, [("acquire", [], []), ("acquire", [], [])]),
    (.mutex, [("release", [], [])]),
    (.keyValue, [("append", [0, 1], []), ("append", [0, 2], []), ("get", [0], [2, 1])]),
    (.counter, [("add", [2], []), ("read", [], [3])]),
    (.set, [("add", [1], []), ("read", [], [])]),
    (.elements, [("add", [1], []), ("contains", [1], [0])]),
    (.fifoQueue, [("enqueue", [1], []), ("enqueue", [2], []), ("dequeue", [], [2])]),
    (.fifoQueue, [("enqueue", [1], []), ("dequeue", [], [])]),
    (.unorderedQueue, [("enqueue", [1], []), ("dequeue", [], [1]), ("dequeue", [], [1])]),
    (.emptyingQueue, [("enqueue", [1], []), ("dequeue", [], [])]),
  ]

  @Test(arguments: legal.indices)
  func whatTheObjectDoesIsValid(index: Int) throws {
    let (world, steps) = Self.legal[index]
    let finding = try check(sequence(steps), world)
    #expect(finding.verdict == .valid, "\(world): \(finding.summary)")
    #expect(finding.operations == steps.count)
  }

  @Test(arguments: illegal.indices)
  func whatTheObjectNeverDoesIsInvalidAndTheLastAnswerIsEvidence(index: Int) throws {
    let (world, steps) = Self.illegal[index]
    let finding = try check(sequence(steps), world)
    #expect(finding.verdict == .invalid, "\(world): \(finding.summary)")
    #expect(finding.evidence.first?.operations.contains(steps.count - 1) == true)
  }

  @Test(arguments: ["fastest", "search"])
  func aStaleReadIsNeverValid(algorithm: String) throws {
    let seed = Seeds.fresh("\(algorithm) ")
    var chance = Chance(seed: seed)
    let world = World(
      model: "register", initial: [],
      draw: { chance in
        let value = Int.random(in: 1...1_000_000_000, using: &chance)
        return Bool.random(using: &chance) ? ("write", [value]) : ("read", [])
      },
      outcomes: World.register.outcomes, noise: World.register.noise)
    var planted = 0
    for round in 0..<150 {
      var tiny = TinyHistory(
        world, count: 20 + round, processes: 2 + round % 5, noise: .none, open: Ratio(0.02),
        &chance)
      guard tiny.plantStaleRead(&chance) else { continue }
      planted += 1
      let budget = Budget(memoryBytes: 4_000_000) { false }
      let finding = try check(tiny, world, ["algorithm": .text(algorithm)], within: budget)
      #expect(finding.verdict != .valid, "seed \(seed)\n\(tiny)")
      if algorithm == "fastest" { #expect(finding.verdict == .invalid, "seed \(seed)\n\(tiny)") }
    }
    #expect(planted > 100)
  }

  @Test func aStaleReadIsShownByTheOperationsThatContradictIt() throws {
    let tiny = sequence(
      [("write", [1], []), ("read", [], [1])] + (2...50).map { ("write", [$0], []) }
        + [("read", [], [1])])
    let finding = try check(tiny, .register)
    let evidence = try #require(finding.evidence.first)
    #expect(evidence.kind == "stale")
    #expect(evidence.operations.contains(51))
    #expect(evidence.operations.count <= 6)
  }

  @Test func aHistoryWithoutAnAnswerThatCouldBeWrongIsUnknown() throws {
    let finding = try check(sequence([("write", [1], []), ("write", [2], [])]), .register)
    #expect(finding.verdict == .unknown)
    #expect(finding.summary.contains("nothing to judge"))
    #expect(try check(TinyHistory(), .mutex).verdict == .unknown)
  }

  @Test func anOperationTheModelDoesNotKnowIsUnknownAndNamed() throws {
    let finding = try check(sequence([("add", [1], []), ("read", [], [1])]), .casRegister)
    #expect(finding.verdict == .unknown)
    #expect(finding.summary.contains("add 1"))
  }

  @Test func aSpentBudgetIsUnknownWithWhatWasDecided() throws {
    let tiny = sequence([("write", [1], []), ("read", [], [1]), ("read", [], [1])])
    let finding = try check(
      tiny, .register, ["algorithm": .text("search")],
      within: Budget(memoryBytes: .max) { true })
    #expect(finding.verdict == .unknown)
    #expect(finding.figures["undecided"] == ["nil: 0 of 3"])
    let small = try check(
      tiny, .register, ["algorithm": .text("search")], within: Budget(memoryBytes: 10) { false })
    #expect(small.verdict == .unknown)
  }

  @Test func aViolatedKeyCondemnsTheOthersThatHaveAnOrder() throws {
    let finding = try check(
      sequence([
        ("put", [0, 1], []), ("get", [0], [1]), ("put", [1, 2], []), ("get", [1], [3]),
      ]), .keyValue)
    #expect(finding.verdict == .invalid)
    #expect(finding.figures["valid"] == 1)
    #expect(finding.figures["invalid"] == 1)
    #expect(finding.summary.contains("1 of 2 keys"))
  }

  @Test func aWriteOfUnknownOutcomeMayTakeEffectLateOrNever() throws {
    var tiny = sequence([
      ("write", [1], []), ("read", [], [1]), ("read", [], [2]), ("read", [], [1]),
    ])
    tiny.operations.append(
      TinyOperation(process: 9, f: "write", arguments: [2], outcome: .info, began: -1, ended: 1000))
    #expect(try check(tiny, .register).verdict == .invalid)
    tiny.operations[3].result = [2]
    #expect(try check(tiny, .register).verdict == .valid)
    tiny.operations[2].result = [1]
    #expect(try check(tiny, .register).verdict == .valid)
  }

  @Test func aFailedWriteThatIsReadIsInvalid() throws {
    var tiny = sequence([("write", [1], []), ("read", [], [1])])
    tiny.operations[0].outcome = .fail
    for algorithm in ["fastest", "search"] {
      #expect(
        try check(tiny, .register, ["algorithm": .text(algorithm)]).verdict == .invalid)
    }
  }

  @Test func nilReadsSayNothingWhereTheInitialValueIsSomething() throws {
    let tiny = sequence([("write", [1], []), ("read", [], [])])
    let zero: [String: Setting] = ["initial": .text("0")]
    #expect(try check(tiny, .register, zero).verdict == .unknown)
    let strict = zero.merging(["nil-reads": .text("initial")]) { old, _ in old }
    #expect(try check(tiny, .register, strict).verdict == .invalid)
  }

  @Test func aFailedCompareAndSetCountsOnlyWhenAsked() throws {
    var tiny = sequence([("write", [1], []), ("cas", [1, 2], [])])
    tiny.operations[1].outcome = .fail
    #expect(try check(tiny, .casRegister).verdict == .unknown)
    #expect(try check(tiny, .casRegister, ["failed-cas": .text("observed")]).verdict == .invalid)
  }

  @Test(arguments: [("counter", "x"), ("mutex", "1"), ("register", "[1")])
  func settingsThatMakeNoSenseAreRefused(model: String, initial: String) {
    #expect(throws: SettingsError.self) {
      try Linearizable(Settings(["model": .text(model), "initial": .text(initial)]))
    }
  }

  @Test func longHistoriesNeedNoStack() throws {
    let tiny = sequence(
      (0..<20_000).map { $0.isMultiple(of: 2) ? ("add", [1], []) : ("read", [], [$0 / 2 + 1]) })
    #expect(try check(tiny, .counter).verdict == .valid)
  }
}

extension TinyHistory {
  /// Lets a read return what was certainly overwritten before it began; false when there is none.
  mutating func plantStaleRead(_ chance: inout Chance) -> Bool {
    let writes = operations.filter { $0.f == "write" && $0.outcome == .ok }
    let candidates = operations.indices.flatMap { read in
      guard operations[read].f == "read", operations[read].outcome == .ok else {
        return [] as [(Int, Int)]
      }
      let before = writes.filter { $0.ended! < operations[read].began }
      return before.filter { old in before.contains { old.ended! < $0.began } }
        .map { (read, $0.arguments[0]) }
    }
    guard let (read, value) = candidates.randomElement(using: &chance) else { return false }
    operations[read].result = [value]
    return true
  }
}
