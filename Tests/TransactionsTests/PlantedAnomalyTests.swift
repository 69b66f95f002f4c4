import Basics
import Checking
import Transactions
import Histories
import Testing

/// Anomalies planted in long legal histories of lists; every expectation prints its seed.
@Suite struct PlantedAnomalyTests {
  enum Plant: String, CaseIterable, Sendable {
    case staleRead, lostAppend, reorderedAppend, reorderedOnce, duplicateElement, abortedRead
    case intermediateRead, writeSkew, longFork, lostUpdate

    /// At least one of these must be named.
    var names: Set<String> {
      switch self {
      case .staleRead:
        ["G-single-realtime", "G-single-process", "G-single", "G-nonadjacent", "internal"]
      case .lostAppend:
        ["G0-realtime", "G0-process", "G-single-realtime", "G-single", "G0", "G1c", "internal"]
      case .reorderedAppend: ["G0-realtime", "G0-process", "G0", "G1c", "G1c-realtime", "G-single"]
      case .reorderedOnce: ["incompatible-order"]
      case .duplicateElement: ["duplicate-elements"]
      case .abortedRead: ["G1a"]
      case .intermediateRead: ["G1b"]
      case .writeSkew: ["G2-item"]
      case .longFork: ["G-nonadjacent"]
      case .lostUpdate: ["lost-update"]
      }
    }
  }

  @Test(arguments: Plant.allCases)
  func plantIsFoundAndNamed(_ plant: Plant) throws {
    var planted = 0
    for seed in UInt64(1)...25 {
      var random = RandomTransactions(seed: seed, isLists: true, staleness: .none)
      random.isStrict = true
      random.hasFailures = false
      var transactions = random.history(count: 80, keys: 5)
      transactions.append(random.finalRead(keys: 5))
      var chance = Chance(seed: seed)
      guard Self.plant(plant, in: &transactions, &chance) else { continue }
      planted += 1
      let finding = try ListAppend(.none).check(History(transactions), within: .unlimited)
      let names = Set(ListAppendTests.anomalies(finding))
      #expect(finding.verdict == .invalid, "seed \(seed) \(plant): \(finding.summary)")
      #expect(!names.isDisjoint(with: plant.names), "seed \(seed) \(plant): \(names)")
    }
    #expect(planted > 15)
  }

  /// False when the history has no place for it.
  private static func plant(
    _ plant: Plant, in transactions: inout [TestTransaction], _ chance: inout Chance
  ) -> Bool {
    switch plant {
    case .staleRead: return planting(in: &transactions, &chance) { $0.dropLast() }
    case .duplicateElement: return planting(in: &transactions, &chance) { $0 + [$0[0]] }
    case .reorderedOnce:
      return planting(in: &transactions, &chance) { $0.count > 1 ? $0.reversed() : nil }
    case .lostAppend:
      guard let lost = oldElement(transactions) else { return false }
      editLists(&transactions) { $0.filter { $0 != lost } }
    case .reorderedAppend:
      guard case .list(_, let list)? = transactions.last?.mops[0], list.count > 9 else {
        return false
      }
      let (a, b) = (list[0], list[8])
      editLists(&transactions) { $0.map { $0 == a ? b : $0 == b ? a : $0 } }
    case .abortedRead:
      guard let seen = oldElement(transactions),
        let writer = transactions.firstIndex(where: { appends($0).contains(seen) })
      else { return false }
      transactions[writer].outcome = .fail
      transactions[writer].mops.removeAll { if case .list = $0 { true } else { false } }
    default: transactions += added(plant)
    }
    return true
  }

  private static func added(_ plant: Plant) -> [TestTransaction] {
    let bodies: [[TestTransaction.Mop]] =
      switch plant {
      case .intermediateRead:
        [[.append(50, 1), .append(50, 2)], [.list(50, [1])], [.list(50, [1, 2])]]
      case .writeSkew:
        [
          [.list(50, []), .append(51, 1)], [.list(51, []), .append(50, 1)],
          [.list(50, [1]), .list(51, [1])],
        ]
      case .longFork:
        [
          [.append(50, 1)], [.append(51, 1)], [.list(50, [1]), .list(51, [])],
          [.list(50, []), .list(51, [1])],
        ]
      default:
        [
          [.list(50, []), .append(50, 1)], [.list(50, []), .append(50, 2)], [.list(50, [1, 2])],
        ]
      }
    return bodies.enumerated().map {
      TestTransaction(Int32(200 + $0.offset), 700..<200_000, $0.element)
    }
  }

  private static func appends(_ transaction: TestTransaction) -> [Int] {
    transaction.mops.compactMap { if case .append(_, let value) = $0 { value } else { nil } }
  }

  /// An element of the final read that others read too, in a transaction of its own.
  private static func oldElement(_ transactions: [TestTransaction]) -> Int? {
    for case .list(_, let list) in transactions.last!.mops {
      for element in list {
        let readers = transactions.filter { transaction in
          !appends(transaction).contains(element)
            && transaction.mops.contains {
              if case .list(_, let read) = $0 { read.contains(element) } else { false }
            }
        }
        if readers.count > 2 { return element }
      }
    }
    return nil
  }

  private static func editLists(
    _ transactions: inout [TestTransaction], _ edit: ([Int]) -> [Int]
  ) {
    for i in transactions.indices {
      transactions[i].mops = transactions[i].mops.map {
        if case .list(let key, let list) = $0 { .list(key, edit(list)) } else { $0 }
      }
    }
  }

  /// Changes one read, well after the appends that it saw, of a transaction with no other.
  private static func planting(
    in transactions: inout [TestTransaction], _ chance: inout Chance,
    _ edit: ([Int]) -> [Int]?
  ) -> Bool {
    for i in transactions.indices.dropLast().shuffled(using: &chance) {
      guard transactions[i].mops.count == 1,
        case .list(let key, let list) = transactions[i].mops[0],
        let newest = list.last,
        let writer = transactions.first(where: { appends($0).contains(newest) }),
        writer.completed <= transactions[i].invoked, let edited = edit(list)
      else { continue }
      transactions[i].mops[0] = .list(key, edited)
      return true
    }
    return false
  }
}
