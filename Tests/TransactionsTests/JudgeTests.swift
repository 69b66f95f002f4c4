import Basics
import Checking
import Histories
import TestGround
import Testing

@testable import Transactions

/// Every model of both checkers against the exact judge, on small random histories.
struct JudgeTests {
  /// The checkers, one a model, and what they are asked.
  private struct Asked {
    let isLists: Bool
    let checkers: [(model: ConsistencyModel, checker: any Checker)]

    var dialect: TransactionWords.Dialect { isLists ? .lists : .registers }

    init(isLists: Bool) throws {
      self.isLists = isLists
      checkers = try ConsistencyModel.allCases.map { model in
        let settings = Settings(["consistency-model": .text(model.rawValue)])
        return (model, isLists ? try ListAppend(settings) : try RWRegister(settings))
      }
    }
  }

  /// A thousand histories, or as many times as many as `FAULTLINE_PROOF_ROUNDS` says.
  @Test(arguments: [true, false], [true, false])
  func everyModelIsWhatTheExactJudgeSays(isLists: Bool, hasRealTimeOrder: Bool) throws {
    let seed = Seeds.fresh("\(isLists ? "lists" : "registers") ")
    var histories = SmallHistories(seed: seed)
    let asked = try Asked(isLists: isLists)
    var tally: [String: Int] = [:]
    let rounds = Seeds.rounds(250, by: Seeds.proofVariable)
    for round in 0..<rounds {
      let transactions = histories.next(isLists: isLists)
      let wrong = judge(transactions, asked, hasRealTimeOrder, &tally)
      #expect(wrong.isEmpty, "seed \(seed), history \(round): \(wrong)\n\(transactions)")
      if tally["wrong", default: 0] > 5 { break }
    }
    print("\(rounds) histories:", tally.sorted { $0.key < $1.key })
    #expect(tally["valid", default: 0] > rounds && tally["invalid", default: 0] > rounds)
    #expect(tally["open", default: 0] == 0)
  }

  /// What is not as it should be, in words.
  private func judge(
    _ transactions: [TestTransaction], _ asked: Asked, _ hasRealTimeOrder: Bool,
    _ tally: inout [String: Int]
  ) -> [String] {
    let history = History(transactions, hasRealTimeOrder: hasRealTimeOrder)
    let judge = ExactJudge(
      transactions, isLists: asked.isLists, hasRealTimeOrder: hasRealTimeOrder)
    var wrong: [String] = []
    var verdicts: [ConsistencyModel: Verdict] = [:]
    for (model, checker) in asked.checkers {
      let finding = checker.check(history, within: .unlimited)
      verdicts[model] = finding.verdict
      tally[finding.verdict.rawValue, default: 0] += 1
      if finding.verdict == .unknown {
        if !isVacuous(finding, model, hasRealTimeOrder) { tally["open", default: 0] += 1 }
        continue
      }
      guard let holds = judge.holds(model), holds != (finding.verdict == .valid) else { continue }
      wrong.append("\(model.rawValue) is \(holds): \(finding.summary)")
    }
    for (stronger, verdict) in verdicts where verdict == .valid {
      for (weaker, other) in verdicts
      where other == .invalid && stronger.guarantees(weaker, in: asked.dialect) {
        wrong.append("\(stronger.rawValue) is valid and \(weaker.rawValue) is not")
      }
    }
    tally["wrong", default: 0] += wrong.count
    return wrong
  }

  /// Nothing was read or written, or real time is asked of sessions.
  private func isVacuous(
    _ finding: Finding, _ model: ConsistencyModel, _ hasRealTimeOrder: Bool
  ) -> Bool {
    model.needsRealTime && !hasRealTimeOrder || finding.summary.contains("no transaction")
      || finding.summary.contains("transactions succeeded")
  }

  /// The judge is judged, too: by serial runs and snapshots, state by state.
  @Test(arguments: [true, false])
  func theExactJudgeSaysWhatTryingEverySerialRunSays(isLists: Bool) throws {
    let seed = Seeds.fresh("\(isLists ? "lists" : "registers") ")
    var histories = SmallHistories(seed: seed)
    var tally: [String: Int] = [:]
    for _ in 0..<150 {
      let transactions = Array(histories.next(isLists: isLists).prefix(5))
      let judge = ExactJudge(transactions, isLists: isLists)
      // A value that nobody wrote is no initial state to a serial run.
      guard !Self.readsUnwritten(transactions) else { continue }
      let runs = TransactionBruteForce(transactions: transactions)
      for (model, holds) in [
        (ConsistencyModel.serializable, runs.isSerializable),
        (.strictSerializable, runs.isStrictSerializable),
        (.snapshotIsolation, runs.isSnapshotIsolated),
      ] {
        #expect(judge.holds(model) == holds, "seed \(seed): \(model) \(transactions)")
        tally["\(model) \(holds)", default: 0] += 1
      }
    }
    #expect(tally.count == 6, "\(tally)")
  }

  private static func readsUnwritten(_ transactions: [TestTransaction]) -> Bool {
    let written = Set(transactions.flatMap(ExactJudge.writes).map(\.value))
    return transactions.flatMap(\.mops).contains {
      if case .read(_, let value?) = $0 { !written.contains(value) } else { false }
    }
  }

  /// What large histories are shown to be valid by, on small ones: an order that it finds answers
  /// the question, and where it finds none there is none.
  @Test(arguments: [true, false])
  func aPlayedOrderIsFoundExactlyWhereThereIsOne(hasRealTimeOrder: Bool) throws {
    let seed = Seeds.fresh()
    var histories = SmallHistories(seed: seed)
    var tally: [String: Int] = [:]
    for _ in 0..<Seeds.rounds(100, by: Seeds.proofVariable) {
      let transactions = histories.next(isLists: false)
      let judge = ExactJudge(transactions, isLists: false, hasRealTimeOrder: hasRealTimeOrder)
      guard !judge.faults.isGarbled, !judge.faults.isDirty, !judge.faults.isInternal else {
        continue
      }
      let history = History(transactions, hasRealTimeOrder: hasRealTimeOrder)
      for model in ConsistencyModel.allCases {
        guard let question = OrderQuestion(model), question.cycles != .gSingle,
          hasRealTimeOrder || question.order != .realtime
        else { continue }
        let isFound = try findsAnOrder(history, question)
        #expect(isFound == judge.holds(model), "seed \(seed): \(model) \(transactions)")
        tally["\(isFound)", default: 0] += 1
      }
    }
    #expect(tally.count == 2 && tally.values.allSatisfy { $0 > 5 }, "\(tally)")
  }

  private func analysed(
    _ history: History
  ) throws -> (table: TransactionTable, analysis: RegisterAnalysis) {
    let table = try TransactionTable(
      history, functions: TransactionFunctions(history, named: nil), writes: .registers,
      within: .unlimited)
    return (
      table, RegisterAnalysis(table, WriteIndex(table), history.values, VersionInference())
    )
  }

  private func findsAnOrder(_ history: History, _ question: OrderQuestion) throws -> Bool {
    let (table, analysis) = try analysed(history)
    let prints = Footprints(table, analysis.chains, analysis.source, analysis.tookEffect)
    var search = CommitSearch(table, try #require(prints), question, within: .unlimited)
    return search.findsAnOrder()
  }

  /// Histories too large for the judge: where an order is played, solving finds one.
  @Test func playingAndSolvingAgree() throws {
    let seed = Seeds.fresh()
    var tally: [String: Int] = [:]
    for round in UInt64(0)..<20 {
      var random = RandomTransactions(
        seed: seed &+ round, isLists: false, staleness: Ratio(round % 2 == 0 ? 0 : 0.4))
      random.isStrict = true
      let history = History(random.history(count: 60, keys: 3))
      let (table, analysis) = try analysed(history)
      for model in [ConsistencyModel.serializable, .snapshotIsolation, .strictSerializable] {
        var log = AnomalyLog()
        let judgement = OrderJudgement(
          text: TransactionText(table: table, values: history.values, dialect: .registers),
          choices: try #require(analysis.choices), base: analysis.edges, prints: nil,
          budget: .unlimited)
        guard judgement.judge([model], into: &log) == nil, !judgement.choices.isEmpty else {
          continue
        }
        let isFound = try findsAnOrder(history, try #require(OrderQuestion(model)))
        #expect(!isFound || log.counts.isEmpty, "seed \(seed), round \(round): \(model)")
        tally["\(log.counts.isEmpty)", default: 0] += 1
      }
    }
    #expect(tally["true", default: 0] > 10 && tally["false", default: 0] > 3, "\(tally)")
  }
}
