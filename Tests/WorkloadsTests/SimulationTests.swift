import Basics
import Checking
import Histories
import Testing

@testable import Checkers
@testable import Workloads

/// Every workload against a small service that is correct, and against the same with a flaw.
@Suite struct SimulationTests {
  struct Scene: Sendable, CustomTestStringConvertible {
    let kind: String
    let checker: String
    /// What the broken twin does.
    let flaw: Flaw
    var settings: [String: Setting] = [:]
    var workload: [String: Setting] = [:]

    init(
      _ kind: String, _ checker: String, _ flaw: Flaw, _ settings: [String: Setting] = [:],
      workload: [String: Setting] = [:]
    ) {
      self.kind = kind
      self.checker = checker
      self.flaw = flaw
      self.settings = settings
      self.workload = workload
    }

    var testDescription: String { "\(kind), \(checker), \(flaw)" }

    func finding(_ flaw: Flaw?, seed: UInt64, losesAnswers: Bool) throws -> Finding {
      let workload = try #require(WorkloadCatalogue.workload(ofKind: kind))
        .init(Settings(workload))
      let history = Simulation.history(of: workload, flaw, seed: seed, losesAnswers: losesAnswers)
      return try #require(Catalogue.checker(named: checker)).init(Settings(settings))
        .check(history, within: .unlimited)
    }
  }

  static let exactlyOnce: [String: Setting] = ["delivery": .text("exactly-once")]

  static let scenes = [
    Scene("set", "set", .loses), Scene("set", "set-full", .loses),
    Scene("set", "no-lost-writes", .loses), Scene("set", "causal-reverse", .loses),
    Scene("set", "staleness", .loses, ["bound": .duration(.zero)]),
    Scene("set", "converges", .lags),
    Scene("register", "linearizable", .goesBack, ["model": .text("cas-register")]),
    Scene("register", "lost-update", .loses, workload: ["keys": .integer(1)]),
    Scene("list-append", "list-append", .goesBack), Scene("rw-register", "rw-register", .goesBack),
    Scene("bank", "bank", .loses), Scene("counter", "counter", .loses),
    Scene("queue", "total-queue", .loses), Scene("queue", "total-queue", .duplicates),
    Scene("messages", "messages", .loses),
    Scene("messages", "messages", .reorders, workload: ["keys": .integer(3)]),
    Scene("messages", "messages", .duplicates, exactlyOnce),
    Scene("lock", "lock", .duplicates), Scene("lock", "lock", .goesBack),
    Scene("lock", "linearizable", .duplicates, ["model": .text("mutex")]),
    Scene("timers", "timers", .loses), Scene("timers", "timers", .duplicates),
    Scene("timers", "timers", .isEarly),
    Scene("timers", "timers", .isLate, ["within": .duration(.milliseconds(20))]),
    Scene("monotonic", "monotonic", .goesBack), Scene("long-fork", "long-fork", .goesBack),
    Scene("sessions", "read-your-writes", .goesBack),
    Scene("sessions", "monotonic-reads", .goesBack),
    Scene("sessions", "monotonic-writes", .goesBack),
    Scene("sessions", "writes-follow-reads", .goesBack),
    Scene("sessions", "staleness", .goesBack, ["bound": .duration(.zero)]),
    Scene("unique-ids", "unique-ids", .duplicates),
  ]

  @Test(arguments: scenes) func aCorrectServiceIsValid(scene: Scene) throws {
    for seed in UInt64(0)..<8 {
      let found = try scene.finding(nil, seed: seed, losesAnswers: false)
      #expect(found.verdict == .valid, "seed \(seed): \(found.summary)")
    }
  }

  /// What happened to an answer that was lost may leave a question open; it is nothing that is proven.
  @Test(arguments: scenes) func answersThatAreLostProveNothing(scene: Scene) throws {
    for seed in UInt64(0)..<8 {
      let found = try scene.finding(nil, seed: seed, losesAnswers: true)
      #expect(found.verdict != .invalid, "seed \(seed): \(found.summary)")
    }
  }

  @Test(arguments: scenes) func aBrokenOneIsInvalid(scene: Scene) throws {
    for seed in UInt64(0)..<8 {
      let found = try scene.finding(scene.flaw, seed: seed, losesAnswers: false)
      #expect(found.verdict == .invalid, "seed \(seed): \(found.summary)")
    }
  }

  @Test func everyCheckerOfDataAndEveryWorkloadOfDataIsThere() {
    let checkers = Catalogue.transactional + Catalogue.linearizability + Catalogue.data
    #expect(Set(Self.scenes.map(\.checker)) == Set(checkers.map { $0.name }))
    // What a call answers, and what is refused, says nothing of data.
    let kinds = Set(WorkloadCatalogue.all.map { $0.kind }).subtracting(["call", "forbidden"])
    #expect(Set(Self.scenes.map(\.kind)) == kinds)
  }
}

@Suite struct FeedingTests {
  static let needed: [String: Setting] = [
    "below": .duration(.seconds(1)), "bound": .duration(.seconds(1)), "component": .text("x"),
    "probe": .text("x"), "at-most": .text("1"), "words": .list([.text("orders")]),
    "port": .integer(1),
  ]

  @Test(arguments: Catalogue.all.map { $0.name })
  func everyCheckerIsFedByAWorkload(name: String) throws {
    let checker = try #require(Catalogue.checker(named: name))
    let known = Self.needed.filter { checker.schema.key(named: $0.key) != nil }
    let feed = try checker.init(Settings(known)).feed
    #expect(WorkloadCatalogue.all.contains { feed.isServed(by: $0.signatures) }, "\(feed.words)")
  }

  /// What a careless author is told of each workload, who names no invariant.
  @Test(
    arguments: [
      ("set", ["no-lost-writes"]), ("register", []), ("list-append", []), ("rw-register", []),
      ("bank", ["bank"]), ("counter", ["counter"]), ("queue", ["total-queue"]),
      ("messages", ["messages"]), ("lock", ["lock"]), ("timers", ["timers"]),
      ("monotonic", ["monotonic"]), ("long-fork", []), ("sessions", []),
      ("unique-ids", ["unique-ids"]), ("call", []), ("forbidden", ["forbidden"]),
    ] as [(String, [String])])
  func whatIsNaturalForEachWorkload(kind: String, expected: [String]) throws {
    let workload = try #require(WorkloadCatalogue.workload(ofKind: kind))
    let natural = try Catalogue.all.filter { checker in
      guard checker.unasked != .never else { return false }
      let known = Self.needed.filter { checker.schema.key(named: $0.key) != nil }
      return checker.unasked.isNatural(
        for: workload.signatures, fedBy: try checker.init(Settings(known)).feed)
    }
    #expect(natural.map { $0.name } == expected)
  }
}
