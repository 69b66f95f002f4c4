public import Checking
public import Basics
public import Histories

/// Judges transactions that append to lists and read them, in the manner of Elle (Kingsbury and
/// Alvaro, "Elle: inferring isolation anomalies from experimental observations", 2020).
///
/// Every append of a history must be of a value unique to its key. Setting `consistency-model`
/// names what must hold; other anomalies are told as permitted and do not make it invalid.
/// `read-atomic` and `causal` are judged by the definitions of Biswas and Enea (2019) besides, with
/// session order; `read-committed` is Adya's PL-2.
public struct ListAppend: Checker {
  public static let name = "list-append"
  public static let summary =
    "Transactions of appends and reads of lists show no anomaly that a consistency model forbids."
  public static let schema = Schema(TransactionQuestion.keys)

  private let question: TransactionQuestion

  public var feed: Feed { .functions([[.init("txn", argument: .transaction)]]) }
  public var judgesRecency: Bool { question.needsRealTime }

  public init(_ settings: Settings) throws(SettingsError) {
    question = try TransactionQuestion(settings)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let question = question.settled(for: history)
    do {
      let functions = TransactionFunctions(history, named: question.function)
      let table = try TransactionTable(
        history, functions: functions, writes: .lists, within: budget)
      guard table.isComplete else {
        return TransactionFinding.unknown(
          Self.name, question, "the time budget was spent on reading \(table.count) transactions",
          operations: table.count)
      }
      if let reason = table.emptiness {
        return TransactionFinding.unknown(Self.name, question, reason, operations: table.count)
      }
      let text = TransactionText(table: table, values: history.values)
      return try judge(text, by: question, within: budget)
    } catch {
      return TransactionFinding.unknown(
        Self.name, question,
        "operation \(error.operation) is no transaction of appends and reads: \(error.text)")
    }
  }

  private func judge(
    _ text: TransactionText, by question: TransactionQuestion, within budget: Budget
  ) throws(MalformedTransaction) -> Finding {
    let table = text.table
    let index = WriteIndex(table)
    var analysis = try ListAppendAnalysis(table, index, text.values, within: budget)
    var doubts = [question.doubt(of: table)].compactMap(\.self)
    if let (a, b) = index.duplicate {
      doubts.append(
        "\(text.name(a)) and \(text.name(b)) both appended \(text.value(a)) to \(text.key(a)): "
          + "what was read of such keys cannot be judged")
    }
    var log = analysis.log
    guard analysis.isComplete else {
      doubts.append("the time was up while \(table.count) transactions were judged one by one")
      return TransactionFinding(
        checker: Self.name, question: question, table: table, log: log, doubts: doubts
      ).finding()
    }
    let levels = WeakLevel.asked(question.models, from: .readAtomic)
    if !levels.isEmpty {
      let reads = WeakReads(table, analysis.chains, analysis.source)
      let doubt = WeakIsolation.judge(
        levels, reads, versions: analysis.edges, text, into: &log, within: budget)
      if let doubt { doubts.append(doubt) }
    }
    let edges = analysis.takeEdges()
    let base = analysis.choices.isEmpty ? nil : edges
    if let doubt = DependencyJudgement.judge(edges, text, into: &log, within: budget) {
      doubts.append(doubt)
    } else if let base, log.hasCycles {
      // Without a cycle appends that nobody saw can be in any order that the rest is in.
      let judgement = OrderJudgement(
        text: text, choices: analysis.choices, base: base, prints: nil, budget: budget)
      if let doubt = judgement.judge(question.models, into: &log) { doubts.append(doubt) }
    }
    if let reason = table.vacuity { doubts.append(reason) }
    return TransactionFinding(
      checker: Self.name, question: question, table: table, log: log, doubts: doubts
    ).finding()
  }
}
