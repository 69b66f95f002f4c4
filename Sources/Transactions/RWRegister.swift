public import Checking
public import Basics
public import Histories

/// Judges transactions that read and write registers, each write of a value unique to its key.
///
/// `read-committed`, `read-atomic` and `causal` are judged by the definitions of Biswas and Enea
/// (2019), where session order counts; every other model in the manner of Elle, by cycles of
/// dependencies, and where these leave the order of versions open by a search for one that has no
/// forbidden cycle (`OrderJudgement`). What stays open is unknown. An AWDIT or dbcop history knows
/// no order between sessions: the models of real time cannot be asked of it, and what is asked
/// unless told is `strong-session-serializable`.
public struct RWRegister: Checker {
  public static let name = "rw-register"
  public static let summary =
    "Transactions of reads and writes of registers show no anomaly that a consistency model "
    + "forbids."
  public static let schema = Schema(
    TransactionQuestion.keys + [
      Schema.Key(
        "initial", .text,
        "The value that every key holds before it is written; without it, the one value of a key "
          + "that was read though nobody wrote it."),
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
  public var judgesRecency: Bool { question.needsRealTime }

  public init(_ settings: Settings) throws(SettingsError) {
    question = try TransactionQuestion(settings)
    inference.writesFollowReads = settings.flag("wfr-keys") ?? true
    inference.initial = settings.text("initial")
    if settings.flag("sequential-keys") == true { inference.byProcess = .all }
    if settings.flag("linearizable-keys") == true { inference.byRealtime = .all }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let question = question.settled(for: history)
    do {
      let functions = TransactionFunctions(history, named: question.function)
      let table = try TransactionTable(
        history, functions: functions, writes: .registers, within: budget)
      guard table.isComplete else {
        return TransactionFinding.unknown(
          Self.name, question, "the time budget was spent on reading \(table.count) transactions",
          operations: table.count)
      }
      if let reason = table.emptiness {
        return TransactionFinding.unknown(Self.name, question, reason, operations: table.count)
      }
      let text = TransactionText(table: table, values: history.values, dialect: .registers)
      return judge(text, by: question, within: budget)
    } catch {
      return TransactionFinding.unknown(
        Self.name, question,
        "operation \(error.operation) is no transaction of reads and writes: \(error.text)")
    }
  }

  private func judge(
    _ text: TransactionText, by question: TransactionQuestion, within budget: Budget
  ) -> Finding {
    let table = text.table
    let initial = inference.initial
    let index = WriteIndex(table) { value in
      guard let initial else { return value.isNone }
      return text.values.text(value) == initial || text.values.describe(value) == initial
    }
    var analysis = RegisterAnalysis(table, index, text.values, inference)
    var doubts = doubts(index, text) + [question.doubt(of: table)].compactMap(\.self)
    var log = analysis.log
    let levels = WeakLevel.asked(question.models, from: .readCommitted)
    if !levels.isEmpty {
      analysis.noteOwnWrites(into: &log)
      let reads = WeakReads(table, analysis.chains, analysis.source)
      doubts += [
        WeakIsolation.judge(levels, reads, versions: nil, text, into: &log, within: budget)
      ].compactMap(\.self)
    }
    var judged = Set(question.models)
    if !question.models.allSatisfy(WeakLevel.isAll) {
      doubts += judgeCycles(&analysis, index, text, question.models, into: &log, within: budget)
      if analysis.choices?.isEmpty == true { judged = Set(ConsistencyModel.allCases) }
    }
    if let reason = table.vacuity { doubts.append(reason) }
    return TransactionFinding(
      checker: Self.name, question: question, table: table, log: log, doubts: doubts,
      judged: judged,
      figures: [JSON.Member("readsOfUnwritten", .integer(analysis.unwrittenReads))]
    ).finding()
  }

  private func doubts(_ index: WriteIndex, _ text: TransactionText) -> [String] {
    let end = "what was read of such keys cannot be judged"
    if let (a, b) = index.duplicate {
      return [
        "\(text.name(a)) and \(text.name(b)) both wrote \(text.value(a)) to \(text.key(a)): " + end
      ]
    }
    return index.initialWrite.map {
      ["\(text.name($0)) wrote \(text.value($0)) to \(text.key($0)), which held it before: " + end]
    } ?? []
  }

  /// - Returns: what could not be decided.
  private func judgeCycles(
    _ analysis: inout RegisterAnalysis, _ index: WriteIndex, _ text: TransactionText,
    _ models: [ConsistencyModel], into log: inout AnomalyLog, within budget: Budget
  ) -> [String] {
    let choices = analysis.choices!
    let edges = analysis.takeEdges()
    let base = choices.isEmpty ? nil : edges
    var found = AnomalyLog()
    var doubts = [DependencyJudgement.judge(edges, text, into: &found, within: budget)]
    for kind in found.counts.keys.sorted(by: { $0.rank < $1.rank }) {
      log.take(kind, as: kind.ofRegisters, from: found)
    }
    guard doubts[0] == nil, let base else { return doubts.compactMap(\.self) }
    for order in [AnomalyKind.Order.process, .realtime]
    where order == .process || text.table.hasRealTimeOrder {
      doubts.append(lookFurther(order, index, text, models, into: &log, within: budget))
    }
    let judgement = OrderJudgement(
      text: text, choices: choices, base: base,
      prints: Footprints(text.table, analysis.chains, analysis.source, analysis.tookEffect),
      leastOrder: inference.leastOrder,
      budget: budget)
    doubts.append(judgement.judge(models, into: &log))
    return doubts.compactMap(\.self)
  }

  /// Where a model asked about keeps session order or real time, and nothing spoke against it so
  /// far: orders versions by that too, for the model says so, and looks again. What is found is
  /// told as an anomaly of that order, and speaks against no weaker model.
  ///
  /// - Returns: why it could not be finished.
  private func lookFurther(
    _ order: AnomalyKind.Order, _ index: WriteIndex, _ text: TransactionText,
    _ models: [ConsistencyModel], into log: inout AnomalyLog, within budget: Budget
  ) -> String? {
    let decisive: ConsistencyModel =
      order == .process ? .strongSessionSnapshotIsolation : .strongSnapshotIsolation
    let violated = ConsistencyModel.violated(by: log.counts.keys)
    let open = models.filter { !violated.contains($0) && $0.implied.contains(decisive) }
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
        log.take(
          kind, as: kind.ofRegisters.assuming(order, ofReads: extent == .all),
          from: found)
      }
      if let doubt { return doubt }
      if !found.counts.isEmpty { return nil }
    }
    return nil
  }
}
