import Basics
import Checking
import Transactions
import Histories
import Testing

@Suite struct ListAppendTests {
  static func check(_ history: History, _ models: String...) throws -> Finding {
    let settings =
      models.isEmpty
      ? Settings.none
      : Settings(["consistency-model": .list(models.map { .text($0) })])
    return try ListAppend(settings).check(history, within: .unlimited)
  }

  /// The names of the anomalies that the asked models forbid.
  static func anomalies(_ finding: Finding) -> [String] {
    guard case .object(let members)? = finding.figures["anomalies"] else { return [] }
    return members.map(\.name)
  }

  struct Case: CustomTestStringConvertible {
    var name: String
    var history: History
    var anomalies: [String]
    var model = "strict-serializable"
    var testDescription: String { name }
  }

  static let invalid: [Case] = [
    Case(
      name: "stale read",
      history: History(sequential: [
        [.append(1, 1)], [.append(1, 2)], [.list(1, [1])], [.list(1, [1, 2])],
      ]),
      anomalies: ["G-single-realtime"]),
    Case(
      name: "lost append",
      history: History(sequential: [[.append(1, 1)], [.append(1, 2)], [.list(1, [2])]]),
      anomalies: ["G0-realtime"]),
    Case(
      name: "reordered append",
      history: History(sequential: [[.append(1, 1)], [.append(1, 2)], [.list(1, [2, 1])]]),
      anomalies: ["G0-realtime"]),
    Case(
      name: "duplicate element",
      history: History(sequential: [[.append(1, 1)], [.list(1, [1, 1])]]),
      anomalies: ["duplicate-elements"]),
    Case(
      name: "incompatible orders",
      history: History(concurrent: [
        [.append(1, 1)], [.append(1, 2)], [.list(1, [1, 2])], [.list(1, [2, 1])],
      ]),
      anomalies: ["incompatible-order"]),
    Case(
      name: "element from nowhere",
      history: History(sequential: [[.append(1, 1)], [.list(1, [1, 9])]]),
      anomalies: ["garbage-read"]),
    Case(
      name: "aborted read",
      history: History([
        TestTransaction(0, 0..<1, [.append(1, 1)], .fail),
        TestTransaction(1, 2..<3, [.list(1, [1])]),
      ]),
      anomalies: ["G1a"], model: "read-committed"),
    Case(
      name: "dirty update",
      history: History([
        TestTransaction(0, 0..<1, [.append(1, 1)], .fail),
        TestTransaction(1, 2..<3, [.append(1, 2)]), TestTransaction(1, 4..<5, [.list(1, [1, 2])]),
      ]),
      anomalies: ["G1a", "dirty-update"], model: "read-committed"),
    Case(
      name: "intermediate read",
      history: History(concurrent: [
        [.append(1, 1), .append(1, 2)], [.list(1, [1])], [.list(1, [1, 2])],
      ]),
      anomalies: ["G1b"], model: "read-committed"),
    Case(
      name: "contradiction inside a transaction",
      history: History(sequential: [
        [.append(1, 1)], [.list(1, [1]), .append(1, 2), .list(1, [1])],
      ]),
      anomalies: ["internal"], model: "serializable"),
    Case(
      name: "own append not read",
      history: History(sequential: [[.append(1, 1), .list(1, [])]]),
      anomalies: ["internal"], model: "serializable"),
    Case(
      name: "read of the future",
      history: History(sequential: [[.list(1, [1]), .append(1, 1)]]),
      anomalies: ["future-read"], model: "read-committed"),
    Case(
      name: "write cycle",
      history: History(concurrent: [
        [.append(1, 1), .append(2, 1)], [.append(1, 2), .append(2, 2)],
        [.list(1, [1, 2]), .list(2, [2, 1])],
      ]),
      anomalies: ["G0"], model: "read-uncommitted"),
    Case(
      name: "circular information flow",
      history: History(concurrent: [
        [.append(1, 1), .list(2, [1])], [.append(2, 1), .list(1, [1])],
      ]),
      anomalies: ["G1c"], model: "read-committed"),
    Case(
      name: "read skew",
      history: History(concurrent: [
        [.append(1, 1), .append(2, 1)], [.list(1, []), .list(2, [1])],
      ]),
      anomalies: ["G-single"], model: "consistent-view"),
    Case(
      name: "lost update",
      history: History(concurrent: [
        [.list(1, []), .append(1, 1)], [.list(1, []), .append(1, 2)], [.list(1, [1, 2])],
      ]),
      anomalies: ["lost-update", "G-single"], model: "snapshot-isolation"),
    Case(
      name: "long fork",
      history: History(concurrent: [
        [.append(1, 1)], [.append(2, 1)], [.list(1, [1]), .list(2, [])],
        [.list(1, []), .list(2, [1])],
      ]),
      anomalies: ["G-nonadjacent"], model: "snapshot-isolation"),
    Case(
      name: "write skew",
      history: History(concurrent: [
        [.list(1, []), .append(2, 1)], [.list(2, []), .append(1, 1)],
        [.list(1, [1]), .list(2, [1])],
      ]),
      anomalies: ["G2-item"], model: "serializable"),
    Case(
      name: "own session's past not seen",
      history: History([
        TestTransaction(0, 0..<5, [.append(1, 1)]), TestTransaction(0, 6..<9, [.list(1, [])]),
      ]),
      anomalies: ["G-single-process"], model: "strong-session-serializable"),
  ]

  @Test(arguments: invalid)
  func violationIsNamed(_ example: Case) throws {
    let finding = try Self.check(example.history, example.model)
    #expect(finding.verdict == .invalid)
    #expect(Self.anomalies(finding).sorted() == example.anomalies.sorted())
    #expect(finding.evidence.allSatisfy { !$0.operations.isEmpty && !$0.summary.isEmpty })
    let strict = try Self.check(example.history)
    #expect(strict.verdict == .invalid)
  }

  @Test(arguments: [
    ("write skew", "snapshot-isolation"), ("long fork", "parallel-snapshot-isolation"),
    ("stale read", "serializable"), ("lost update", "read-committed"),
    ("read skew", "read-committed"), ("own session's past not seen", "serializable"),
    ("circular information flow", "read-uncommitted"),
  ])
  func permittedAnomalyIsNoViolation(_ name: String, _ model: String) throws {
    let example = try #require(Self.invalid.first { $0.name == name })
    let finding = try Self.check(example.history, model)
    #expect(finding.verdict == .valid)
    #expect(Self.anomalies(finding).isEmpty)
    #expect(finding.figures["permitted"] != .object([]))
  }

  @Test func strictlySerialHistoryIsValid() throws {
    let history = History(sequential: [
      [.append(1, 1), .append(1, 2)], [.list(1, [1, 2]), .append(2, 1)],
      [.list(1, [1, 2]), .list(2, [1]), .append(1, 3), .list(1, [1, 2, 3])], [.list(3, [])],
    ])
    let finding = try Self.check(history)
    #expect(finding.verdict == .valid)
    #expect(finding.figures["possible"] == ["strict-serializable"])
  }

  /// Whichever came first, one overwrote what it had not seen: appends that nobody read are in
  /// conflict, too.
  @Test func writeSkewThatAlsoWritesOneKeyIsNoSnapshot() throws {
    let history = History(concurrent: [
      [.list(1, []), .append(2, 1), .append(3, 1)], [.list(2, []), .append(1, 1), .append(3, 2)],
      [.list(1, [1]), .list(2, [1])],
    ])
    for model in ["snapshot-isolation", "consistent-view", "parallel-snapshot-isolation"] {
      #expect(try Self.check(history, model).verdict == .invalid, "\(model)")
    }
    #expect(try Self.check(history, "read-committed").verdict == .valid)
  }

  @Test func unknownOutcomeMayHaveHappenedAtAnyTime() throws {
    let history = History([
      TestTransaction(0, 0..<1, [.append(1, 1)], .info),
      TestTransaction(1, 2..<3, [.list(1, [])]), TestTransaction(1, 4..<5, [.list(1, [1])]),
    ])
    #expect(try Self.check(history).verdict == .valid)
  }

  @Test func evidenceIsTheSmallestCycleInItsOrder() throws {
    let example = try #require(Self.invalid.first { $0.name == "write skew" })
    let evidence = try #require(Self.check(example.history, "serializable").evidence.first)
    #expect(evidence.kind == "G2-item")
    #expect(Set(evidence.operations) == [0, 1])
    #expect(evidence.summary.contains("T0 read 1 without 1, which T1 appended"))
  }

  @Test(arguments: [
    ([], "no transactions"),
    ([TestTransaction(0, 0..<1, [.append(1, 1)], .fail)], "none of 1"),
    ([TestTransaction(0, 0..<1, [.append(1, 1)])], "read anything"),
    ([TestTransaction(0, 0..<1, [.list(1, [])])], "wrote anything"),
    ([TestTransaction(0, 0..<1, [.write(1, 1)])], "no transaction of appends"),
    (
      [
        TestTransaction(0, 0..<1, [.append(1, 1)]), TestTransaction(0, 2..<3, [.append(1, 1)]),
        TestTransaction(0, 4..<5, [.list(1, [1])]),
      ], "both appended"
    ),
  ])
  func nothingToJudgeIsUnknown(_ transactions: [TestTransaction], _ reason: String) throws {
    let finding = try Self.check(History(transactions))
    #expect(finding.verdict == .unknown)
    #expect(finding.summary.contains(reason))
  }

  @Test func spentBudgetIsUnknown() throws {
    let example = try #require(Self.invalid.first { $0.name == "write skew" })
    let checker = try ListAppend(.none)
    let late = checker.check(example.history, within: Budget(memoryBytes: .max) { true })
    let small = checker.check(example.history, within: Budget(memoryBytes: 10) { false })
    #expect(late.verdict == .unknown)
    #expect(small.verdict == .unknown)
  }

  @Test func cycleMayBeAsLongAsTheHistory() throws {
    let count = 5000
    let ring = History(
      concurrent: (0..<count).map { [.list($0, []), .append(($0 + 1) % count, 1)] })
    let finding = try Self.check(ring, "serializable")
    #expect(finding.verdict == .invalid)
    #expect(finding.evidence.first?.operations.count == count)
  }

  /// Many reads of an empty list and many appends that nobody saw: every pair is a dependency.
  @Test func dependenciesOfManyUnseenAppendsTakeLinearSpace() throws {
    let count = 4000
    let mops: [[TestTransaction.Mop]] = (0..<count).map {
      $0 % 2 == 0 ? [.append(1, $0)] : [.list(1, [])]
    }
    #expect(try Self.check(History(concurrent: mops)).verdict == .valid)
    let late = History(
      (0..<count).map { TestTransaction(Int32($0), $0..<10_000, mops[$0]) }
        + [TestTransaction(9999, 20_000..<20_001, [.list(1, [])])])
    let finding = try Self.check(late)
    #expect(finding.verdict == .invalid)
    #expect(Self.anomalies(finding) == ["G-single-realtime"])
    #expect(finding.evidence.first?.operations.count == 2)
  }

  /// Whoever reads two versions and then appends has updated both (found by `make proof`).
  @Test func everyVersionThatWasReadBeforeIsUpdated() throws {
    let history = History([
      TestTransaction(0, 0..<7, [.list(0, []), .list(0, [2]), .append(0, 1)]),
      TestTransaction(0, 8..<21, [.list(0, []), .append(0, 2)]),
    ])
    let finding = try Self.check(history, "cursor-stability")
    #expect(finding.verdict == .invalid)
    #expect(Self.anomalies(finding).contains("lost-update"))
  }

  /// Who read the empty list and then appended, unseen, comes before the other unseen appends,
  /// not before itself.
  @Test func unseenAppendAfterOnesOwnReadIsNoCycle() throws {
    var mops: [[TestTransaction.Mop]] = (0..<200).map { [.append(1, $0)] }
    mops += (0..<200).map { _ in [.list(1, [])] }
    mops[97] = [.list(1, []), .append(1, 97)]
    #expect(try Self.check(History(concurrent: mops)).verdict == .valid)
    mops[98] = [.list(1, []), .append(1, 98)]
    let finding = try Self.check(History(concurrent: mops))
    #expect(Self.anomalies(finding).sorted() == ["G2-item", "lost-update"])
  }

  @Test func misspeltModelIsRefused() {
    #expect(throws: SettingsError.self) {
      try ListAppend(Settings(["consistency-model": .text("serialisable")]))
    }
  }
}
