import Basics
import Histories
import Testing

@testable import Workloads

@Suite struct KeyedTests {
  private func counts(_ settings: [String: Setting], _ count: Int = 20_000) throws -> [Int64: Int] {
    let keyed = try Keyed(Settings(settings), isChanging: false)
    var chance = Chance(seed: 3)
    return (0..<count).reduce(into: [:]) { $0[keyed.key($1, using: &chance), default: 0] += 1 }
  }

  @Test func uniformKeysAreUsedAlike() throws {
    let counts = try counts(["keys": .integer(4)])
    #expect(counts.count == 4 && counts.values.allSatisfy { (4_700...5_300).contains($0) })
  }

  @Test func zipfKeysAreUsedAsTheirLawSays() throws {
    let counts = try counts(["keys": .integer(4), "distribution": .text("zipf")])
    let sum = 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4
    for key in 0..<4 {
      let expected = 20_000 / Double(key + 1) / sum
      #expect(abs(Double(counts[Int64(key)] ?? 0) - expected) < 300, "\(key): \(counts)")
    }
  }

  @Test func aKeyMakesRoomForANewOneWhenItHasSeenEnough() throws {
    let keyed = try Keyed(
      Settings(["keys": .integer(2), "per-key": .integer(10)]), isChanging: true)
    var chance = Chance(seed: 3)
    var counts: [Int64: Int] = [:]
    for sequence in 0..<100 { counts[keyed.key(sequence, using: &chance), default: 0] += 1 }
    #expect(counts.count == 10 && counts.values.allSatisfy { $0 <= 20 })
    #expect(keyed.all(after: 100) == 0...9 && keyed.all(after: 101) == 0...11)
    #expect(keyed.all(after: 0) == 0...1)
  }

  @Test func aWrongExponentIsRefused() {
    #expect(throws: WorkloadError.self) {
      try Keyed(Settings(["exponent": .number(0)]), isChanging: false)
    }
  }
}

@Suite struct RegisterWorkloadTests {
  private let read = RegisterWorkload.functions[0]

  @Test func aProcessComparesWithWhatItHasJustRead() throws {
    let workload = try RegisterWorkload(Settings(["cas": .ratio(Ratio(1))]))
    var chance = Chance(seed: 1)
    let seen = Exchange(Invocation(read, key: .integer(7)), .ok(.integer(42)))
    let invocation = workload.invocation(5, after: seen, using: &chance)
    #expect(invocation.function.name == "cas" && invocation.key == .integer(7))
    #expect(invocation.part("old") == .integer(42) && invocation.part("new") == .integer(6))
    for last in [
      nil, Exchange(Invocation(read, key: .integer(7)), .ok()),
      Exchange(Invocation(read, key: .integer(7)), .fail("no")),
      Exchange(invocation, .ok(.integer(1))),
    ] {
      #expect(workload.invocation(5, after: last, using: &chance).function.name != "cas")
    }
  }

  @Test func noValueIsWrittenTwice() throws {
    let workload = try RegisterWorkload(Settings(["reads": .ratio(.none)]))
    var chance = Chance(seed: 1)
    let values = (0..<1000).map { workload.invocation($0, after: nil, using: &chance).argument }
    #expect(Set(values).count == 1000)
  }

  @Test func aShareOfTheWritesWritesNothing() throws {
    let some = try RegisterWorkload(
      Settings(["reads": .ratio(.none), "deletes": .ratio(Ratio(0.3))]))
    var chance = Chance(seed: 1)
    let writes = (0..<1000).map { some.invocation($0, after: nil, using: &chance) }
    #expect(writes.allSatisfy { $0.function.name == "write" })
    let deletes = writes.count { $0.argument == .none }
    #expect((200..<400).contains(deletes), "\(deletes) of 1000")
  }

  @Test func everyKeyIsReadInTheEnd() throws {
    let workload = try RegisterWorkload(Settings(["keys": .integer(3), "per-key": .integer(5)]))
    let keys = workload.ending(after: 31).invocations.map(\.key)
    #expect(keys == (0..<9).map { .integer($0) })
  }
}

@Suite struct TransactionWorkloadTests {
  @Test func everyWriteIsOfAValueOfItsOwn() throws {
    for (workload, verb) in [
      (try ListAppendWorkload(.none) as any Workload, "append"),
      (try RWRegisterWorkload(.none), "w"),
    ] {
      var chance = Chance(seed: 9)
      var values: [Payload] = []
      var lengths: Set<Int> = []
      for sequence in 0..<2_000 {
        let argument = workload.invocation(sequence, after: nil, using: &chance).argument
        let mops = try #require(argument.elements)
        lengths.insert(mops.count)
        for mop in mops {
          let parts = try #require(mop.elements)
          #expect(parts.count == 3 && [Payload.symbol("r"), .symbol(verb)].contains(parts[0]))
          if parts[0] == .symbol(verb) { values.append(parts[2]) }
        }
      }
      #expect(Set(values).count == values.count && values.count > 2_000)
      #expect(lengths == [1, 2, 3, 4])
    }
  }

  @Test func anAnswerIsTheTransactionWithWhatItRead() throws {
    let workload = try ListAppendWorkload(.none)
    let append = Payload.list([.symbol("append"), .integer(1), .integer(5)])
    func read(_ value: Payload) -> Payload { .list([.symbol("r"), .integer(1), value]) }
    let invocation = Invocation(
      ListAppendWorkload.functions[0], .list([append, read(.none)]))
    func kind(_ answer: [Payload]) -> Event.Kind {
      workload.reading(.ok(.list(answer)), of: invocation).kind
    }
    #expect(kind([append, read(.integers([5]))]) == .ok && kind([append, read(.none)]) == .ok)
    for wrong in [
      [append], [append, read(.integer(5))], [append, append], [read(.none), append], [],
      [.list([.symbol("append"), .integer(1), .integer(6)]), read(.none)],
    ] { #expect(kind(wrong) == .info) }
  }
}

@Suite struct BankAndCounterWorkloadTests {
  @Test func moneyMovesBetweenTwoAccounts() throws {
    let workload = try BankWorkload(Settings(["accounts": .integer(3), "reads": .ratio(.none)]))
    var chance = Chance(seed: 4)
    var pairs: Set<[Int64]> = []
    for sequence in 0..<500 {
      let invocation = workload.invocation(sequence, after: nil, using: &chance)
      let from = try #require(invocation.part("from")?.integer)
      let to = try #require(invocation.part("to")?.integer)
      let amount = try #require(invocation.part("amount")?.integer)
      #expect(from != to && (1...5).contains(amount))
      pairs.insert([from, to])
    }
    #expect(pairs.count == 6)
  }

  @Test func balancesAreAMap() throws {
    let workload = try BankWorkload(.none)
    let read = Invocation(BankWorkload.functions[1])
    let map = Payload.map([.init(.integer(0), .integer(10))])
    #expect(workload.reading(.ok(map), of: read).result == map)
    #expect(workload.reading(.ok(.integers([1])), of: read).kind == .fail)
  }

  @Test func whatWasNeverAddedToIsZero() throws {
    let workload = try CounterWorkload(.none)
    let add = Invocation(CounterWorkload.functions[0], key: .integer(0), .integer(3))
    let read = Invocation(CounterWorkload.functions[1], key: .integer(0))
    #expect(workload.reading(.ok(), of: read).result == .integer(0))
    #expect(workload.reading(.ok(.integer(17)), of: add).result == .integer(3))
    #expect(workload.reading(.ok(.text("x")), of: read).kind == .fail)
  }
}
