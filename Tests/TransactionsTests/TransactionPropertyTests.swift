import Basics
import Checking
import Transactions
import Histories
import Testing

/// Random histories against brute force; every expectation prints its seed.
@Suite struct TransactionPropertyTests {
  private static func verdict(
    _ type: any Checker.Type, _ transactions: [TestTransaction], _ model: String,
    _ more: [String: Setting] = [:]
  ) throws -> Finding {
    var settings = Settings(more)
    settings["consistency-model"] = .text(model)
    return try type.init(settings).check(History(transactions), within: .unlimited)
  }

  private static func randomHistory(
    seed: UInt64, isLists: Bool, hasFailures: Bool = true
  ) -> (transactions: [TestTransaction], known: TestTransaction) {
    var chance = Chance(seed: seed &+ 77)
    let staleness = Ratio([0.1, 0.6, 0.9][Int.random(in: 0..<3, using: &chance)])
    var random = RandomTransactions(seed: seed, isLists: isLists, staleness: staleness)
    random.hasFailures = hasFailures
    let keys = Int.random(in: 1...2, using: &chance)
    let transactions = random.history(count: Int.random(in: 3...5, using: &chance), keys: keys)
    return (transactions, random.finalRead(keys: 3))
  }

  @Test func listsAgreeWithBruteForceWhereVersionsAreKnown() throws {
    var tally: [String: Int] = [:]
    for seed in UInt64(1)...400 {
      var (transactions, final) = Self.randomHistory(seed: seed, isLists: true)
      transactions.append(final)
      let oracle = TransactionBruteForce(transactions: transactions)
      for (model, holds) in [
        ("serializable", oracle.isSerializable),
        ("strict-serializable", oracle.isStrictSerializable),
        ("snapshot-isolation", oracle.isSnapshotIsolated),
      ] {
        let finding = try Self.verdict(ListAppend.self, transactions, model)
        if finding.verdict == .unknown { continue }
        #expect(
          (finding.verdict == .valid) == holds,
          "seed \(seed): \(model) is \(holds), \(finding.summary) \(transactions)")
        tally["\(model) \(holds)", default: 0] += 1
      }
    }
    #expect(tally.count == 6 && tally.values.allSatisfy { $0 > 10 }, "\(tally)")
  }

  @Test func noCheckerCondemnsWhatBruteForceExplains() throws {
    var tally: [String: Int] = [:]
    for seed in UInt64(1)...400 {
      for isLists in [true, false] {
        let (transactions, _) = Self.randomHistory(seed: seed, isLists: isLists)
        let oracle = TransactionBruteForce(transactions: transactions)
        let type: any Checker.Type = isLists ? ListAppend.self : RWRegister.self
        let isStrict = oracle.isStrictSerializable
        for (model, holds) in [
          ("serializable", oracle.isSerializable), ("strict-serializable", isStrict),
          ("snapshot-isolation", oracle.isSnapshotIsolated),
        ] {
          let finding = try Self.verdict(type, transactions, model)
          #expect(
            !holds || finding.verdict != .invalid,
            "seed \(seed): \(model) holds, \(finding.summary) \(transactions)")
          tally["\(type) \(holds) \(finding.verdict)", default: 0] += 1
        }
        guard isStrict, !isLists else { continue }
        let keys: [String: Setting] = [
          "linearizable-keys": .flag(true), "sequential-keys": .flag(true),
        ]
        let finding = try Self.verdict(RWRegister.self, transactions, "strict-serializable", keys)
        #expect(finding.verdict != .invalid, "seed \(seed): \(finding.summary) \(transactions)")
      }
    }
    print(tally.sorted { $0.key < $1.key })
    #expect(tally["RWRegister false invalid"] ?? 0 > 40, "\(tally)")
  }

  @Test func weakLevelsAgreeWithBruteForce() throws {
    var tally: [String: Int] = [:]
    for seed in UInt64(1)...600 {
      var chance = Chance(seed: seed)
      let transactions = Self.mixedReads(seed: seed, &chance)
      let oracle = TransactionBruteForce(transactions: transactions)
      for (level, model) in ["read-committed", "read-atomic", "causal"].enumerated() {
        let finding = try Self.verdict(RWRegister.self, transactions, model)
        if finding.verdict == .unknown { continue }
        let holds = oracle.satisfies(level)
        #expect(
          (finding.verdict == .valid) == holds,
          "seed \(seed): \(model) is \(holds), \(finding.summary) \(transactions)")
        tally["\(model) \(holds)", default: 0] += 1
      }
    }
    #expect(tally.count == 6 && tally.values.allSatisfy { $0 > 40 }, "\(tally)")
  }

  /// Sessions whose reads see any write of the key, or nothing.
  private static func mixedReads(seed: UInt64, _ chance: inout Chance) -> [TestTransaction] {
    let count = Int.random(in: 2...5, using: &chance)
    var shapes = (0..<count).map { _ in
      (0..<Int.random(in: 1...4, using: &chance)).map { _ in
        (key: Int.random(in: 0..<2, using: &chance), isWrite: chance.roll(Ratio(0.5)))
      }
    }
    if !shapes.joined().contains(where: \.isWrite) { shapes[0][0].isWrite = true }
    var written: [Int: [Int]] = [:]
    var value = 0
    for shape in shapes {
      for mop in shape where mop.isWrite {
        value += 1
        written[mop.key, default: []].append(value)
      }
    }
    value = 0
    return shapes.enumerated().map { place, shape in
      var own: [Int: Int] = [:]
      let mops: [TestTransaction.Mop] = shape.map { mop in
        if mop.isWrite {
          value += 1
          own[mop.key] = value
          return .write(mop.key, value)
        }
        if let mine = own[mop.key], !chance.roll(Ratio(0.1)) { return .read(mop.key, mine) }
        let choices = written[mop.key] ?? []
        return .read(
          mop.key, chance.roll(Ratio(0.2)) ? nil : choices.randomElement(using: &chance))
      }
      return TestTransaction(Int32(place % 3), 10 * place..<10 * place + 5, mops)
    }
  }

  @Test func legalHistoryIsNeverCondemned() throws {
    for seed in UInt64(1)...60 {
      for isLists in [true, false] {
        var random = RandomTransactions(seed: seed, isLists: isLists, staleness: .none)
        random.isStrict = true
        random.hasFailures = seed % 2 == 0
        let transactions = random.history(count: 60, keys: 4)
        let type: any Checker.Type = isLists ? ListAppend.self : RWRegister.self
        let verdict = try Self.verdict(type, transactions, "strict-serializable")
        #expect(verdict.verdict == .valid, "seed \(seed): \(verdict.summary)")
      }
    }
  }

  @Test func widerIntervalsNeverCondemn() throws {
    for seed in UInt64(1)...200 {
      for isLists in [true, false] {
        let (transactions, _) = Self.randomHistory(seed: seed, isLists: isLists)
        let type: any Checker.Type = isLists ? ListAppend.self : RWRegister.self
        let narrow = try Self.verdict(type, transactions, "strict-serializable")
        guard narrow.verdict == .valid else { continue }
        var chance = Chance(seed: seed)
        let wide = transactions.enumerated().map { place, transaction in
          var wide = transaction
          wide.process = Int32(place)
          wide.invoked -= Int.random(in: 0...60, using: &chance)
          wide.completed += Int.random(in: 0...60, using: &chance)
          return wide
        }
        let finding = try Self.verdict(type, wide, "strict-serializable")
        #expect(finding.verdict == .valid, "seed \(seed): \(finding.summary) \(transactions)")
      }
    }
  }

  @Test func renamingDoesNotChangeAVerdict() throws {
    for seed in UInt64(1)...120 {
      for isLists in [true, false] {
        let (transactions, _) = Self.randomHistory(seed: seed, isLists: isLists)
        let type: any Checker.Type = isLists ? ListAppend.self : RWRegister.self
        for model in ["strict-serializable", "snapshot-isolation", "causal"] {
          let plain = try Self.verdict(type, transactions, model)
          let renamed = try Self.verdict(type, transactions.map(Self.renamed), model)
          #expect(plain.verdict == renamed.verdict, "seed \(seed): \(transactions)")
          #expect(
            ListAppendTests.anomalies(plain) == ListAppendTests.anomalies(renamed), "seed \(seed)")
        }
      }
    }
  }

  private static func renamed(_ transaction: TestTransaction) -> TestTransaction {
    var renamed = transaction
    renamed.process = 5000 - 7 * transaction.process
    renamed.mops = transaction.mops.map {
      switch $0 {
      case .append(let key, let value): .append(90 - key, -3 * value)
      case .write(let key, let value): .write(90 - key, -3 * value)
      case .list(let key, let list): .list(90 - key, list.map { -3 * $0 })
      case .read(let key, let value): .read(90 - key, value.map { -3 * $0 })
      }
    }
    return renamed
  }
}
