import Basics
import Bindings
import Histories
import Testing
import Workloads

@Suite struct SQLBindingsTests {
  static let add = WorkloadFunction("add", argument: .scalar, result: .scalar, "Adds.")
  static let read = WorkloadFunction("read", result: .list, isRead: true, "Reads.")
  static let balances = WorkloadFunction("read", result: .map, isRead: true, "Reads all.")
  static let cas = WorkloadFunction("cas", argument: .list, parts: ["old", "new"], "Sets.")
  static let transaction = WorkloadFunction(
    "txn", argument: .transaction, result: .transaction, "Does several things at once.")

  private func bindings(
    _ function: WorkloadFunction, _ settings: [String: Setting], own: [String: Setting] = [:]
  ) throws -> SQLBindings {
    try SQLBindings(
      ClientSettings(own: Settings(own), functions: [function.name: Settings(settings)]),
      functions: [function])
  }

  private func micro(_ name: String, _ key: Int64, _ value: Payload = .none) -> Payload {
    .list([.symbol(name), .integer(key), value])
  }

  @Test func placesBecomeBindParameters() throws {
    let settings: [String: Setting] = [
      "statement": .text("update t set v = {new} where k = {key} and v = {old} and {new} > 0")
    ]
    let invocation = Invocation(
      Self.cas, key: .text("'; drop table t"), .list([.none, .integer(5)]))
    #expect(
      try bindings(Self.cas, settings).request(invocation)
        == SQLRequest([
          SQLStatement(
            "update t set v = $1 where k = $2 and v = $3 and $4 > 0",
            ["5", "'; drop table t", nil, "5"])
        ]))
  }

  @Test func severalStatementsALevelOrANumberOfRowsMakeATransaction() throws {
    let add = Invocation(Self.add, .integer(1))
    let one: [String: Setting] = ["statement": .text("insert into t values ({value})")]
    #expect(try !bindings(Self.add, one).request(add).isTransaction)
    let two: [String: Setting] = ["statements": .list([.text("select 1"), .text("select 2")])]
    #expect(try bindings(Self.add, two).request(add).beginning == "BEGIN")
    let own: [String: Setting] = ["isolation": .text("repeatable read")]
    let level = try bindings(Self.add, one, own: own).request(add)
    #expect(level.isTransaction && level.beginning == "BEGIN ISOLATION LEVEL REPEATABLE READ")
    let rows: [String: Setting] = ["rows": .list([.integer(-1), .integer(1)])]
    let counted = try bindings(Self.add, two.merging(rows) { $1 }).request(add)
    #expect(counted.isTransaction && counted.statements.map(\.rows) == [nil, 1])
  }

  @Test func microOperationsAreStatementsAndReadsAreFilledIn() throws {
    let settings: [String: Setting] = [
      "transaction": .mapping([
        "r": .text("select v from t where k = {key}"),
        "append": .text("insert into t values ({key}, {value})"),
      ])
    ]
    let bindings = try bindings(Self.transaction, settings)
    let invocation = Invocation(
      Self.transaction,
      .list([micro("append", 1, .integer(7)), micro("r", 1), micro("r", 2), micro("r", 3)]))
    let request = bindings.request(invocation)
    #expect(request.isTransaction)
    #expect(request.statements[0] == SQLStatement("insert into t values ($1, $2)", ["1", "7"]))
    let rows = [
      SQLRows(affected: 1), SQLRows(columns: [.array], rows: [["{5,7}"]]),
      SQLRows(columns: [.text], rows: [["5,7"]]), SQLRows(columns: [.array]),
    ]
    #expect(
      bindings.completion(.done(rows), of: invocation, by: "n")
        == .ok(
          .list([
            micro("append", 1, .integer(7)), micro("r", 1, .integers([5, 7])),
            micro("r", 2, .integers([5, 7])), micro("r", 3, .list([])),
          ]), by: "n"))
  }

  @Test func aRegisterThatIsNotThereReadsAsNothing() throws {
    let settings: [String: Setting] = [
      "transaction": .mapping(["r": .text("select 1"), "w": .text("select 2")])
    ]
    let invocation = Invocation(Self.transaction, .list([micro("r", 1), micro("r", 2)]))
    let rows = [SQLRows(columns: [.integer]), SQLRows(columns: [.integer], rows: [["4"]])]
    #expect(
      try bindings(Self.transaction, settings).completion(.done(rows), of: invocation, by: nil)
        == .ok(.list([micro("r", 1), micro("r", 2, .integer(4))])))
  }

  @Test func whatRowsMeanDependsOnTheFunctionAndTheirTypes() throws {
    func result(_ function: WorkloadFunction, _ rows: SQLRows, _ answer: String? = nil) throws
      -> Completion
    {
      var settings: [String: Setting] = ["statement": .text("select 1")]
      settings["answer"] = answer.map { .text($0) }
      return try bindings(function, settings).completion(
        .done([rows]), of: Invocation(function, .integer(9)), by: nil)
    }
    let pairs = SQLRows(columns: [.text, .integer], rows: [["a", "1"], ["b", nil]])
    #expect(try result(Self.add, pairs) == .ok(.integer(9)))
    #expect(try result(Self.add, pairs, "scalar") == .ok(.text("a")))
    #expect(try result(Self.read, pairs) == .ok(.texts(["a", "b"])))
    #expect(
      try result(Self.balances, pairs)
        == .ok(.map([.init(.text("a"), .integer(1)), .init(.text("b"), .none)])))
    let array = SQLRows(columns: [.array], rows: [[#"{1,"a,\"b",NULL,{2}}"#]])
    #expect(
      try result(Self.read, array)
        == .ok(.list([.integer(1), .text("a,\"b"), .none, .integer(2)])))
    let text = SQLRows(columns: [.text], rows: [["3,1"]])
    #expect(try result(Self.read, text, "split") == .ok(.integers([3, 1])))
    #expect(try result(Self.balances, text).kind == .fail, "a read changes nothing")
    #expect(
      try result(
        Self.read, SQLRows(columns: [.flag, .number], rows: [["t", "1.5"], ["f", "2"]]))
        == .ok(.list([.flag(true), .flag(false)])))
  }

  @Test(arguments: [
    ("40001", "fail"), ("40P01", "fail"), ("40003", "info"), ("23505", "fail"), ("25006", "fail"),
    ("42P01", "fail"), ("53100", "fail"), ("08006", "info"), ("08007", "info"), ("57P01", "info"),
    ("57014", "info"), ("58030", "info"), ("XX000", "info"), ("ZZZZZ", "info"), ("", "info"),
  ])
  func aRefusalIsFailOnlyWhereItsStateSaysSoOrNothingWasCommitted(state: String, kind: String)
    throws
  {
    let bindings = try bindings(Self.add, ["statement": .text("select 1")])
    let add = Invocation(Self.add, .integer(1))
    func outcome(_ phase: SQLPhase) -> Completion {
      bindings.completion(.refused(state: state, message: "m", phase), of: add, by: "n")
    }
    #expect("\(outcome(.committing).kind)" == kind)
    #expect(outcome(.committing).error == "\(state): m")
    #expect(outcome(.uncommitted).kind == .fail && outcome(.connecting).kind == .fail)
  }

  @Test func aFunctionSaysWhichRefusalsAreGoodAnswers() throws {
    let read = Invocation(Self.read)
    let no: [String: Setting] = [
      "statement": .text("select 1"), "declined": .list([.text("42501"), .text("28")]),
    ]
    func completion(_ state: String) throws -> Completion {
      try bindings(Self.read, no).completion(
        .refused(state: state, message: "no", .committing), of: read, by: "n")
    }
    #expect(try completion("42501") == .declined("42501: no", by: "n"))
    #expect(try completion("28P01") == .declined("28P01: no", by: "n"))
    #expect(try completion("42P01") != .declined("42P01: no", by: "n"))
    #expect(try completion("57014") != .declined("57014: no", by: "n"))
  }

  @Test(arguments: ["57014", "57", "4250", "40003", ""])
  func whatMayHaveBeenDoneIsNotDeclined(state: String) {
    #expect(throws: BindingError.self) {
      try bindings(
        Self.read, ["statement": .text("select 1"), "declined": .list([.text(state)])])
    }
  }

  @Test func aBreakIsInfoOnlyWhereACommitMayHaveArrived() throws {
    let bindings = try bindings(Self.add, ["statement": .text("select 1")])
    let add = Invocation(Self.add, .integer(1))
    func kind(_ phase: SQLPhase) -> Event.Kind {
      bindings.completion(.broken("gone", phase), of: add, by: nil).kind
    }
    #expect(kind(.connecting) == .fail && kind(.uncommitted) == .fail && kind(.committing) == .info)
    let rows = SQLOutcome.otherRows(statement: 0, affected: 0, expected: 1)
    #expect(bindings.completion(rows, of: add, by: nil).kind == .fail)
    #expect(!bindings.keeps(after: .refused(state: "25006", message: "", .committing)))
    #expect(bindings.keeps(after: .refused(state: "40001", message: "", .committing)))
    #expect(!bindings.keeps(after: .broken("", .connecting)) && bindings.keeps(after: rows))
  }

  static let wrong: [([String: Setting], String)] = [
    ([:], "functions.add"),
    (["statement": .text("select '{value}'")], "functions.add.statement"),
    (["statement": .text("select {old}")], "functions.add.statement"),
    (["statement": .text("x"), "statements": .text("y")], "functions.add.statements"),
    (["transaction": .mapping([:])], "functions.add.transaction"),
    (["statement": .text("x"), "rows": .list([.integer(1), .integer(1)])], "functions.add.rows"),
  ]

  @Test(arguments: wrong)
  func whatCannotBeBoundIsRefusedWithItsPlace(settings: [String: Setting], key: String) {
    let error = #expect(throws: BindingError.self) { try bindings(Self.add, settings) }
    #expect(error?.key == key)
  }

  @Test(arguments: ["x", "r"]) func aTransactionNeedsStatementsOfItsKinds(name: String) {
    let settings: [String: Setting] = ["transaction": .mapping([name: .text("select 1")])]
    #expect(throws: BindingError.self) { try bindings(Self.transaction, settings) }
    #expect(throws: BindingError.self) { try bindings(Self.transaction, [:]) }
  }
}
