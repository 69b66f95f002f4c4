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

  public init(_ settings: Settings) throws(SettingsError) {
    question = try TransactionQuestion(settings)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    do {
      let functions = TransactionFunctions(history, named: question.function)
      let table = try TransactionTable(
        history, functions: functions, writes: .lists, within: budget)
      guard table.isComplete else {
        return TransactionFinding.unknown(
          Self.name, question, "the time budget was spent on reading \(table.count) transactions",
          operations: table.count)
      }
      if let reason = table.vacuity {
        return TransactionFinding.unknown(Self.name, question, reason, operations: table.count)
      }
      return try judge(table, history.values, within: budget)
    } catch {
      return TransactionFinding.unknown(
        Self.name, question,
        "operation \(error.operation) is no transaction of appends and reads: \(error.text)")
    }
  }

  private func judge(
    _ table: TransactionTable, _ values: Values, within budget: Budget
  ) throws(MalformedTransaction) -> Finding {
    let index = WriteIndex(table)
    var analysis = try ListAppendAnalysis(table, index, values, within: budget)
    let text = TransactionText(table: table, values: values)
    var doubts: [String] = []
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
    if let doubt = DependencyJudgement.judge(edges, text, into: &log, within: budget) {
      doubts.append(doubt)
    }
    return TransactionFinding(
      checker: Self.name, question: question, table: table, log: log, doubts: doubts
    ).finding()
  }
}
