import Basics
import Checking
import Transactions
import Histories
import Testing

@Suite struct RWRegisterTests {
  static func check(
    _ history: History, _ model: String = "strict-serializable", _ flags: [String: Bool] = [:]
  ) throws -> Finding {
    var settings = Settings(flags.mapValues { .flag($0) })
    settings["consistency-model"] = .text(model)
    return try RWRegister(settings).check(history, within: .unlimited)
  }

  struct Case: CustomTestStringConvertible {
    var name: String
    var history: History
    var anomalies: [String]
    var model = "strict-serializable"
    var flags: [String: Bool] = [:]
    var testDescription: String { name }
  }

  static let invalid: [Case] = [
    Case(
      name: "stale read of the initial state",
      history: History(sequential: [[.write(1, 1)], [.read(1, nil)]]),
      anomalies: ["G-single-realtime"]),
    Case(
      name: "stale read",
      history: History(sequential: [[.write(1, 1)], [.read(1, 1), .write(1, 2)], [.read(1, 1)]]),
      anomalies: ["G-single-realtime"]),
    Case(
      name: "stale read of writes that only time orders",
      history: History(sequential: [[.write(1, 1)], [.write(1, 2)], [.read(1, 1)]]),
      anomalies: ["G-single-realtime"]),
    Case(
      name: "reads that go back while their writes last",
      history: History([
        TestTransaction(0, 0..<90, [.write(1, 1)]), TestTransaction(1, 0..<90, [.write(1, 2)]),
        TestTransaction(2, 1..<5, [.read(1, 1)]), TestTransaction(3, 6..<9, [.read(1, 2)]),
        TestTransaction(4, 10..<15, [.read(1, 1)]),
      ]),
      anomalies: ["cyclic-versions-realtime"], model: "strong-snapshot-isolation"),
    Case(
      name: "own session's write gone back",
      history: History([
        TestTransaction(0, 0..<5, [.write(1, 1)]), TestTransaction(0, 6..<9, [.write(1, 2)]),
        TestTransaction(0, 10..<15, [.read(1, 1)]),
      ]),
      anomalies: ["G-single-process"], model: "strong-session-serializable"),
    Case(
      name: "stale read of blind writes",
      history: History(sequential: [[.write(1, 1)], [.write(1, 2)], [.read(1, 1)]]),
      anomalies: ["cyclic-versions"], flags: ["linearizable-keys": true]),
    Case(
      name: "process goes back",
      history: History([
        TestTransaction(0, 0..<90, [.write(1, 1)]), TestTransaction(1, 0..<90, [.write(1, 2)]),
        TestTransaction(2, 1..<5, [.read(1, 1)]), TestTransaction(2, 6..<9, [.read(1, 2)]),
        TestTransaction(2, 10..<15, [.read(1, 1)]),
      ]),
      anomalies: ["cyclic-versions"], flags: ["sequential-keys": true]),
    Case(
      name: "lost update",
      history: History(concurrent: [
        [.write(1, 1)], [.read(1, 1), .write(1, 2)], [.read(1, 1), .write(1, 3)],
      ]),
      anomalies: ["lost-update"], model: "snapshot-isolation"),
    Case(
      name: "write skew",
      history: History(concurrent: [
        [.read(1, nil), .write(2, 1)], [.read(2, nil), .write(1, 1)],
      ]),
      anomalies: ["G2-item"], model: "serializable"),
    Case(
      name: "long fork",
      history: History(concurrent: [
        [.write(1, 1)], [.write(2, 1)], [.read(1, 1), .read(2, nil)], [.read(1, nil), .read(2, 1)],
      ]),
      anomalies: ["G-nonadjacent"], model: "snapshot-isolation"),
    Case(
      name: "read skew",
      history: History(concurrent: [[.write(1, 1), .write(2, 1)], [.read(1, nil), .read(2, 1)]]),
      anomalies: ["G-single"], model: "consistent-view"),
    Case(
      name: "circular information flow",
      history: History(concurrent: [[.write(1, 1), .read(2, 1)], [.write(2, 1), .read(1, 1)]]),
      anomalies: ["G1c", "causality-cycle"], model: "strong-read-committed"),
    Case(
      name: "aborted read",
      history: History([
        TestTransaction(0, 0..<1, [.write(1, 1)], .fail), TestTransaction(1, 2..<3, [.read(1, 1)]),
      ]),
      anomalies: ["G1a"], model: "read-committed"),
    Case(
      name: "intermediate read",
      history: History(concurrent: [[.write(1, 1), .write(1, 2)], [.read(1, 1)]]),
      anomalies: ["G1b"], model: "read-committed"),
    Case(
      name: "contradiction inside a transaction",
      history: History(sequential: [[.write(1, 1)], [.write(1, 2), .read(1, 1)]]),
      anomalies: ["internal"], model: "serializable"),
    Case(
      name: "read of the future",
      history: History(sequential: [[.read(1, 1), .write(1, 1)]]),
      anomalies: ["future-read"], model: "read-committed"),
    Case(
      name: "two values from nowhere",
      history: History(sequential: [[.write(1, 1)], [.read(1, 8)], [.read(1, 9)]]),
      anomalies: ["garbage-read"], model: "read-committed"),
    Case(
      name: "own session's past not seen",
      history: History([
        TestTransaction(0, 0..<5, [.write(1, 1)]), TestTransaction(0, 6..<9, [.read(1, nil)]),
      ]),
      anomalies: ["G-single-process"], model: "strong-session-serializable"),
    Case(
      name: "causality lost over two sessions",
      history: History([
        TestTransaction(0, 0..<5, [.write(1, 1)]),
        TestTransaction(1, 0..<5, [.read(1, 1), .write(2, 1)]),
        TestTransaction(2, 0..<5, [.read(2, 1)]), TestTransaction(2, 6..<9, [.read(1, nil)]),
      ]),
      anomalies: ["causality-violation"], model: "causal"),
    Case(
      name: "fractured read",
      history: History(concurrent: [[.write(1, 1), .write(2, 1)], [.read(1, nil), .read(2, 1)]]),
      anomalies: ["fractured-read"], model: "read-atomic"),
    Case(
      name: "read committed goes back",
      history: History(concurrent: [[.write(1, 1), .write(2, 1)], [.read(2, 1), .read(1, nil)]]),
      anomalies: ["non-monotonic-read"], model: "read-committed"),
  ]

  @Test(arguments: invalid)
  func violationIsNamed(_ example: Case) throws {
    let finding = try Self.check(example.history, example.model, example.flags)
    #expect(finding.verdict == .invalid, "\(finding.summary)")
    #expect(ListAppendTests.anomalies(finding) == example.anomalies)
    #expect(finding.evidence.allSatisfy { !$0.operations.isEmpty && !$0.summary.isEmpty })
  }

  @Test(arguments: [
    ("stale read of blind writes", "strong-session-serializable"),
    ("process goes back", "serializable"),
    ("fractured read", "read-committed"), ("causality lost over two sessions", "read-atomic"),
    ("write skew", "snapshot-isolation"), ("long fork", "causal"),
    ("lost update", "causal"), ("stale read", "serializable"),
  ])
  func permittedAnomalyIsNoViolation(_ name: String, _ model: String) throws {
    let example = try #require(Self.invalid.first { $0.name == name })
    let finding = try Self.check(example.history, model)
    #expect(finding.verdict == .valid, "\(finding.summary)")
  }

  @Test func oneValueFromNowhereMayBeTheInitialState() throws {
    let history = History(sequential: [[.write(1, 1)], [.read(2, 7), .read(1, 1)], [.read(2, 7)]])
    let finding = try Self.check(history)
    #expect(finding.verdict == .valid)
    #expect(finding.figures["readsOfUnwritten"] == 2)
  }

  @Test func initialValueMayBeSaid() throws {
    let history = History(sequential: [[.read(1, 0)], [.write(1, 1)], [.read(1, 0)]])
    #expect(try Self.check(history).verdict == .invalid)
    for (initial, anomaly) in [("0", "G-single-realtime"), ("nil", "garbage-read")] {
      let finding = try RWRegister(Settings(["initial": .text(initial)]))
        .check(history, within: .unlimited)
      #expect(finding.verdict == .invalid)
      #expect(ListAppendTests.anomalies(finding) == [anomaly])
    }
  }

  @Test func doubtfulOriginIsUnknown() throws {
    let history = History(sequential: [[.write(1, 1)], [.write(1, 1)], [.read(1, 1)]])
    #expect(try Self.check(history).verdict == .unknown)
    #expect(try Self.check(history, "causal").verdict == .unknown)
    let again = History(sequential: [[.write(1, 1)], [.write(1, 0)], [.read(1, 0)]])
    let finding = try RWRegister(Settings(["initial": .text("0")]))
      .check(again, within: .unlimited)
    #expect(finding.verdict == .unknown)
    #expect(finding.summary.contains("which held it before"))
  }

  /// What nobody wrote is a version, which every write of the key follows.
  @Test func aValueThatNobodyWroteIsTheInitialVersion() throws {
    let history = History([
      TestTransaction(0, 0..<5, [.write(1, 1)]), TestTransaction(0, 6..<9, [.read(1, 2)]),
    ])
    let finding = try Self.check(history)
    #expect(finding.verdict == .invalid)
    #expect(ListAppendTests.anomalies(finding) == ["G-single-process"])
    #expect(try Self.check(history, "serializable").verdict == .valid)
    #expect(try Self.check(history, "causal").verdict == .invalid)
  }

  @Test func twoReadsOfAKeyThatDifferAreJudgedWithoutAnyWrite() throws {
    let finding = try Self.check(History(sequential: [[.read(1, 1), .read(1, 2)]]))
    #expect(finding.verdict == .invalid)
    #expect(ListAppendTests.anomalies(finding).contains("internal"))
    #expect(try Self.check(History(sequential: [[.read(1, 1)]])).verdict == .unknown)
  }

  /// Both read version 1, each overwrites what the other read; nothing read tells which of the
  /// writes of a key came first.
  @Test func writeSkewOfBlindWritesIsFound() throws {
    let history = History(concurrent: [
      [.write(1, 1), .write(2, 1)], [.read(1, 1), .write(2, 2)], [.read(2, 1), .write(1, 2)],
    ])
    let finding = try Self.check(history, "serializable")
    #expect(finding.verdict == .invalid)
    #expect(ListAppendTests.anomalies(finding) == ["G2-item"])
    let evidence = try #require(finding.evidence.first)
    #expect(evidence.summary.contains("for otherwise"))
    #expect(evidence.operations.sorted() == [0, 1, 2])
    #expect(try Self.check(history, "snapshot-isolation").verdict == .valid)
  }

  /// Neither order of the two writes of key 1 will do, and no read excludes either by itself.
  @Test func bothOrdersOfAPairAreTried() throws {
    let history = History(concurrent: [
      [.write(1, 1), .write(2, 1)], [.write(1, 2), .write(3, 1)],
      [.read(1, 1), .read(3, 1)], [.read(1, 2), .read(2, 1)],
      [.read(2, 1), .read(3, nil)], [.read(3, 1), .read(2, nil)],
    ])
    let finding = try Self.check(history, "serializable")
    #expect(finding.verdict == .invalid, "\(finding.summary)")
    #expect(!finding.evidence.isEmpty)
  }

  /// A session format says nothing of real time: what it can answer is asked, unless told.
  @Test func sessionsAreAskedWhatTheyCanAnswer() throws {
    let transactions = [
      TestTransaction(0, 0..<1, [.read(1, 1)]), TestTransaction(1, 2..<3, [.write(1, 1)]),
    ]
    let sessions = History(transactions, hasRealTimeOrder: false)
    let finding = try RWRegister(.none).check(sessions, within: .unlimited)
    #expect(finding.verdict == .valid)
    #expect(finding.model == "strong-session-serializable")
    let strict = try Self.check(sessions)
    #expect(strict.verdict == .unknown)
    #expect(strict.summary.contains("real time"))
    #expect(
      try RWRegister(.none).check(History(transactions), within: .unlimited).verdict == .invalid)
    let backwards = [
      TestTransaction(0, 0..<1, [.write(1, 1)]), TestTransaction(0, 2..<3, [.read(1, nil)]),
    ]
    let wrong = History(backwards, hasRealTimeOrder: false)
    #expect(try Self.check(wrong).verdict == .invalid)
  }

  @Test func zeroIsNoVersionInSessions() throws {
    let transactions = [
      TestTransaction(0, 0..<1, [.write(2, 1)]), TestTransaction(1, 2..<3, [.read(1, nil)]),
      TestTransaction(2, 4..<5, [.read(1, 0)]),
    ]
    for (hasOrder, verdict) in [(false, Verdict.valid), (true, .invalid)] {
      let history = History(transactions, hasRealTimeOrder: hasOrder)
      #expect(try RWRegister(.none).check(history, within: .unlimited).verdict == verdict)
    }
  }

  /// Whoever reads two versions and then writes has updated both.
  @Test func everyVersionThatWasReadBeforeIsUpdated() throws {
    let history = History([
      TestTransaction(0, 0..<1, [.write(0, 1)]),
      TestTransaction(0, 2..<9, [.read(0, 1), .read(0, 2), .write(0, 3)]),
      TestTransaction(1, 3..<8, [.read(0, 1), .write(0, 2)]),
    ])
    #expect(try Self.check(history, "cursor-stability").verdict == .invalid)
  }

  /// Who reads what the other will write depends on the future, but no write on a write.
  @Test func writesThatOnlyReadsOrderAreNoWriteCycle() throws {
    let history = History(concurrent: [
      [.read(1, 2), .write(1, 1)], [.read(1, 1), .write(1, 2)],
    ])
    #expect(try Self.check(history, "read-uncommitted").verdict == .valid)
    #expect(try Self.check(history, "cursor-stability").verdict == .invalid)
  }

  @Test func unknownOutcomeMayComeLate() throws {
    let history = History([
      TestTransaction(0, 0..<5, [.write(1, 1)], .info),
      TestTransaction(0, 6..<9, [.read(1, nil)]), TestTransaction(0, 10..<15, [.read(1, 1)]),
    ])
    for model in ["strict-serializable", "causal", "strong-session-serializable"] {
      #expect(try Self.check(history, model).verdict == .valid, "\(model)")
    }
  }

  @Test func textsAndKeywordsAreKeysAndValuesToo() throws {
    var builder = HistoryBuilder()
    let txn = builder.function("txn")
    let x = builder.values.symbol("x")
    let old = builder.values.text("old")
    let new = builder.values.list([builder.values.integer(1), old])
    func run(_ word: String, _ value: Value) throws {
      let mop = builder.values.list([builder.values.text(word), x, value])
      let body = builder.values.list([mop])
      for kind in [Event.Kind.invoke, .ok] {
        try builder.append(
          Event(process: 0, kind: kind, function: txn, value: body, time: .start))
      }
    }
    try run("w", old)
    try run("w", new)
    let copy = builder.values.list([builder.values.integer(1), old])
    try run("r", copy)
    try run("r", old)
    let finding = try Self.check(
      builder.finish(), "strict-serializable", ["linearizable-keys": true])
    #expect(finding.verdict == .invalid)
    #expect(ListAppendTests.anomalies(finding).contains("cyclic-versions"))
  }
}
