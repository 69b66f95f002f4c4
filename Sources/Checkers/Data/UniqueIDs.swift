public import Checking
public import Basics
public import Histories

/// No identifier is issued twice; told how identifiers are built, their structure is judged too.
///
/// Operations are `generate`, completed with the identifier. Also judged: an identifier that came
/// with a call of unknown outcome and surfaces in another call. With `structure: snowflake`: two
/// nodes issuing under the same node bits, and the time of one generator going backwards. With
/// `structure: uuidv7`: the time of one node going backwards. Time goes backwards when a call that
/// began after another was answered got the smaller time.
public struct UniqueIDs: Checker {
  public static let name = "unique-ids"
  public static let summary = "No identifier is issued twice; by structure, no generator either."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "structure", .choice(["none", "snowflake", "uuidv7"]), "How identifiers are built.",
      default: "none"),
    .init("timestamp-bits", .integer, "Bits of a snowflake's time.", default: "41"),
    .init("node-bits", .integer, "Bits of a snowflake's node.", default: "10"),
    .init("sequence-bits", .integer, "Bits of a snowflake's sequence.", default: "12"),
  ])

  let structure: IDStructure?

  public static let unasked = Unasked.whereFed
  /// No two services may issue the same.
  public static let joinsWorkloads = true

  public var feed: Feed { .functions([[.init("generate", result: .scalar)]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    structure = try IDStructure(settings)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["generate"])
    let calls = groups.flatMap(\.positions).sorted()
    var judgement = Judgement()
    var issued = Issued(history)
    for call in calls { issued.take(call) }
    guard issued.acknowledged > 0 else {
      return Self.nothingToJudge(
        calls.isEmpty
          ? "No identifier was asked for."
          : "None of \(Wording.count(calls.count, "call")) was answered with an identifier.",
        operations: calls.count)
    }
    if issued.acknowledged == 1 { judgement.doubt("Only one identifier was issued.") }
    issued.judge(&judgement)
    var figures = issued.figures
    if let structure {
      figures += StructureScan(structure, history, calls).judge(&judgement)
    }
    return judgement.finding(
      of: Self.self, held: "\(issued.acknowledged) identifiers, each issued once",
      operations: calls.count, figures: figures)
  }
}

/// Who was given which identifier.
private struct Issued {
  let history: History
  var identifiers = Elements()
  /// By identifier: the position of the call that got it first.
  var first: [Int32] = []
  /// By identifier that was given more than once: every call that got it.
  var again: [Int: [Int32]] = [:]
  var acknowledged = 0
  var attempted = 0
  /// Successful calls that got nothing.
  var empty = 0

  init(_ history: History) { self.history = history }

  mutating func take(_ call: Int32) {
    attempted += 1
    let operation = history.operations[Int(call)]
    // A refused call that shows an identifier was not given it; an unknown one may have been.
    guard operation.outcome != .fail else { return }
    let identifier = operation.result
    guard !identifier.isNone else {
      if operation.outcome == .ok { empty += 1 }
      return
    }
    // An unknown call that repeats its argument was not answered.
    if operation.outcome == .info && identifier == operation.argument { return }
    if operation.outcome == .ok { acknowledged += 1 }
    let number = identifiers.number(identifier, history)
    if number == first.count {
      first.append(call)
    } else {
      again[number, default: [first[number]]].append(call)
    }
  }

  func judge(_ judgement: inout Judgement) {
    let repeated = again.keys.sorted { first[$0] < first[$1] }
    let (twice, surfaced) = (
      repeated.filter { okCount($0) > 1 }, repeated.filter { okCount($0) <= 1 }
    )
    violate(
      "duplicate", twice, "was issued more than once", "were issued more than once", &judgement)
    violate(
      "surfaced", surfaced, "of a call of unknown outcome came up again",
      "of calls of unknown outcome came up again", &judgement)
    if empty > 0 {
      judgement.doubt("\(Wording.count(empty, "successful call")) returned no identifier.")
    }
  }

  private func okCount(_ number: Int) -> Int {
    again[number]!.reduce(0) { $0 + (history.operations[Int($1)].outcome == .ok ? 1 : 0) }
  }

  private func violate(
    _ kind: String, _ numbers: [Int], _ one: String, _ many: String, _ judgement: inout Judgement
  ) {
    guard !numbers.isEmpty else { return }
    let list = Wording.list(numbers.map { identifiers.values[$0] }, history, limit: 10)
    judgement.violated(
      kind,
      numbers.count == 1
        ? "1 identifier \(one): \(list)" : "\(numbers.count) identifiers \(many): \(list)",
      calls(numbers[0]))
    for number in numbers.dropFirst().prefix(Judgement.mostEvidence) {
      let text = history.values.describe(identifiers.values[number])
      judgement.show(kind, "identifier \(text) \(one)", calls(number))
    }
  }

  /// The first two calls that got an identifier show that it is not unique.
  private func calls(_ number: Int) -> [Int] { again[number]!.prefix(2).map { Int($0) } }

  var figures: [JSON.Member] {
    [
      .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
      .init("duplicatedCount", .integer(again.count)),
      .init(
        "duplicated",
        .values(
          again.keys.sorted { first[$0] < first[$1] }.map { identifiers.values[$0] }, of: history)),
    ]
  }
}
