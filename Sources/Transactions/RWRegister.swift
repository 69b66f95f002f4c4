public import Checking
public import Basics
public import Histories

/// Judges transactions that read and write registers, each write of a value unique to its key.
///
/// `read-committed`, `read-atomic` and `causal` are judged by the definitions of Biswas and Enea
/// (2019), where session order counts and a value that nobody wrote is the initial state; every
/// other model in the manner of Elle, by cycles of dependencies. An AWDIT or dbcop history knows
/// no order between sessions: ask it about models without `strict` or `strong`.
public struct RWRegister: Checker {
  public static let name = "rw-register"
  public static let summary =
    "Transactions of reads and writes of registers show no anomaly that a consistency model "
    + "forbids."
  public static let schema = Schema(
    TransactionQuestion.keys + [
      Schema.Key(
        "initial", .text,
        "The value that every key holds before it is written; without it that is nil, and one "
          + "value a key that nobody wrote is let pass."),
      Schema.Key(
        "wfr-keys", .flag,
        "Whether a version that a transaction read precedes the one it wrote.", default: "true"),
      Schema.Key(
        "sequential-keys", .flag, "Whether each process sees the versions of a key in order.",
        default: "false"),
      Schema.Key(
        "linearizable-keys", .flag, "Whether real time orders the versions of a key.",
        default: "false"),
    ])

  private let question: TransactionQuestion
  private var inference = VersionInference()

  public var feed: Feed { .functions([[.init("txn", argument: .transaction)]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    question = try TransactionQuestion(settings)
    inference.writesFollowReads = settings.flag("wfr-keys") ?? true
    inference.initial = settings.text("initial")
    if settings.flag("sequential-keys") == true { inference.byProcess = .all }
    if settings.flag("linearizable-keys") == true { inference.byRealtime = .all }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    do {
      let functions = TransactionFunctions(history, named: question.function)
      let table = try TransactionTable(
        history, functions: functions, writes: .registers, within: budget)
      guard table.isComplete else {
        return TransactionFinding.unknown(
          Self.name, question, "the time budget was spent on reading \(table.count) transactions",
          operations: table.count)
      }
      if let reason = table.vacuity {
        return TransactionFinding.unknown(Self.name, question, reason, operations: table.count)
      }
      return judge(table, history.values, within: budget)
    } catch {
      return TransactionFinding.unknown(
        Self.name, question,
        "operation \(error.operation) is no transaction of reads and writes: \(error.text)")
    }
  }

  private func judge(
    _ table: TransactionTable, _ values: Values, within budget: Budget
  ) -> Finding {
    let index = WriteIndex(table)
    var analysis = RegisterAnalysis(table, index, values, inference)
    let text = TransactionText(table: table, values: values, dialect: .registers)
    var doubts: [String] = []
    if let (a, b) = index.duplicate {
      doubts.append(
        "\(text.name(a)) and \(text.name(b)) both wrote \(text.value(a)) to \(text.key(a)): "
          + "what was read of such keys cannot be judged")
    }
    var log = analysis.log
    let levels = WeakLevel.asked(question.models, from: .readCommitted)
    let edges = analysis.takeEdges()
    if !levels.isEmpty {
      analysis.noteOwnWrites(into: &log)
      let reads = WeakReads(table, analysis.chains, analysis.source)
      let doubt = WeakIsolation.judge(
        levels, reads, versions: nil, text, into: &log, within: budget)
      if let doubt { doubts.append(doubt) }
    }
    var judged = Set(question.models)
    if question.models.contains(where: { WeakLevel.asked([$0], from: .readCommitted).isEmpty }) {
      judged = Set(ConsistencyModel.allCases)
      let doubt = DependencyJudgement.judge(edges, text, into: &log, within: budget)
      if let doubt { doubts.append(doubt) }
      for order in [AnomalyKind.Order.process, .realtime] {
        let doubt = lookFurther(order, index, text, into: &log, within: budget)
        if let doubt { doubts.append(doubt) }
      }
    }
    return TransactionFinding(
      checker: Self.name, question: question, table: table, log: log, doubts: doubts,
      judged: judged,
      figures: [JSON.Member("readsOfUnwritten", .integer(analysis.unwrittenReads))]
    ).finding()
  }

  /// Where a model asked about keeps session order or real time, and nothing spoke against it so
  /// far: orders versions by that too, for the model says so, and looks again. What is found is
  /// told as an anomaly of that order, and speaks against no weaker model.
  ///
  /// - Returns: why it could not be finished.
  private func lookFurther(
    _ order: AnomalyKind.Order, _ index: WriteIndex, _ text: TransactionText,
    into log: inout AnomalyLog, within budget: Budget
  ) -> String? {
    let decisive: ConsistencyModel =
      order == .process ? .strongSessionSnapshotIsolation : .strongSnapshotIsolation
    let violated = ConsistencyModel.violated(by: log.counts.keys)
    let open = question.models.filter { !violated.contains($0) && $0.implied.contains(decisive) }
    // Real time keeps process order too.
    let needsOrder =
      order == .realtime || open.contains { !$0.implied.contains(.strongSnapshotIsolation) }
    guard !open.isEmpty && needsOrder else { return nil }
    for extent in [VersionInference.Extent.writers, .all] {
      guard !budget.isSpent() else { return "the time was up before \(order) order was used" }
      var inference = inference
      if order == .process { inference.byProcess = extent } else { inference.byRealtime = extent }
      var analysis = RegisterAnalysis(text.table, index, text.values, inference)
      var found = AnomalyLog()
      found.take(.cyclicVersions, from: analysis.log)
      let doubt = DependencyJudgement.judge(
        analysis.takeEdges(), text, into: &found, within: budget)
      for kind in found.counts.keys.sorted(by: { $0.rank < $1.rank })
      where log.counts[kind] == nil {
        log.take(kind, as: kind.assuming(order), from: found)
      }
      if let doubt { return doubt }
      if !found.counts.isEmpty { return nil }
    }
    return nil
  }
}
