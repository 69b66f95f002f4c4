import Basics
import Histories
import Testing

@testable import Workloads

/// Workloads in which a process goes on from what it did: locks and sessions; and those that follow numbers.
@Suite struct SessionWorkloadTests {
  private let acquire = LockWorkload.functions[0]
  private let release = LockWorkload.functions[1]

  @Test func whoGotALockReleasesItNextWithItsToken() throws {
    let workload = try LockWorkload(.none)
    var chance = Chance(seed: 1)
    let got = Exchange(
      Invocation(acquire, key: .integer(3), .integer(9)), .ok(.integer(42)))
    let next = workload.invocation(20, after: got, using: &chance)
    #expect(next.function == release && next.key == .integer(3))
    #expect(next.part("owner") == .integer(9) && next.part("token") == .integer(42))
    let released = Exchange(next, .ok())
    let refused = Exchange(got.invocation, .fail("held"))
    for last in [nil, released, refused] {
      let next = workload.invocation(21, after: last, using: &chance)
      #expect(next.function == acquire && next.argument == .integer(22))
    }
  }

  @Test func aReleaseThatFailedIsTriedAgainAndNotForEver() throws {
    let workload = try LockWorkload(.none)
    var chance = Chance(seed: 2)
    let failed = Exchange(
      Invocation(release, key: .integer(0), .integers([1, 1])), .fail("unreachable"))
    let again = (0..<1_000).filter {
      workload.invocation($0, after: failed, using: &chance) == failed.invocation
    }
    #expect((400...600).contains(again.count))
  }

  @Test func aTokenIsANumberWhereItSpellsOne() throws {
    let workload = try LockWorkload(.none)
    let asked = Invocation(acquire, key: .integer(0), .integer(1))
    #expect(workload.reading(.ok(.text("12")), of: asked).result == .integer(12))
    #expect(workload.reading(.ok(.text("OK")), of: asked).result == .text("OK"))
    #expect(workload.reading(.ok(), of: asked) == .ok())
  }

  @Test func aSessionComesBackToTheKeyItUsedLast() throws {
    let workload = try SessionsWorkload(
      Settings(["keys": .integer(100), "again": .ratio(Ratio(0.5)), "reads": .ratio(Ratio(1))]))
    var chance = Chance(seed: 5)
    let last = Exchange(
      Invocation(SessionsWorkload.functions[0], key: .integer(7), .integer(1)), .ok())
    let keys = (0..<2_000).map { workload.invocation($0, after: last, using: &chance).key }
    #expect((900...1_150).contains(keys.filter { $0 == .integer(7) }.count))
  }

  @Test func noValueIsWrittenTwice() throws {
    let workload = try SessionsWorkload(Settings(["reads": .ratio(.none)]))
    var chance = Chance(seed: 1)
    let values = (0..<1_000).map { workload.invocation($0, after: nil, using: &chance).argument }
    #expect(Set(values).count == 1_000)
  }

  @Test func aNumberThatWasNeverIncrementedIsZero() throws {
    let workload = try MonotonicWorkload(.none)
    let read = Invocation(MonotonicWorkload.functions[1], key: .integer(0))
    let increment = Invocation(MonotonicWorkload.functions[0], key: .integer(0))
    #expect(workload.reading(.ok(), of: read).result == .integer(0))
    #expect(workload.reading(.ok(.text("5")), of: read).result == .integer(5))
    #expect(workload.reading(.ok(.text("x")), of: read).kind == .fail)
    #expect(workload.reading(.ok(.text("OK")), of: increment).kind == .ok)
    #expect(workload.reading(.ok(), of: increment) == .ok())
  }
}

@Suite struct LongForkWorkloadTests {
  private func mops(_ invocation: Invocation) throws -> [[Payload]] {
    try #require(invocation.argument.elements).map { try #require($0.elements) }
  }

  @Test(arguments: [(2, 1), (3, 3), (5, 2)])
  func everyKeyIsWrittenOnceAndReadWithItsGroup(group: Int, perWrite: Int) throws {
    let workload = try LongForkWorkload(
      Settings(["group": .integer(Int64(group)), "per-write": .integer(Int64(perWrite))]))
    var chance = Chance(seed: 6)
    var written: [Payload] = []
    var groups: Set<Set<Payload>> = []
    let count = 40 * group * (1 + perWrite)
    for sequence in 0..<count {
      let mops = try mops(workload.invocation(sequence, after: nil, using: &chance))
      if mops[0][0] == .symbol("w") {
        #expect(mops.count == 1)
        written.append(mops[0][1])
      } else {
        #expect(mops.count == group && mops.allSatisfy { $0[0] == .symbol("r") })
        groups.insert(Set(mops.map { $0[1] }))
      }
    }
    #expect(written.count == 40 * group && Set(written).count == written.count)
    #expect(groups.count == 40 && groups.reduce(into: Set()) { $0.formUnion($1) } == Set(written))
    #expect(workload.ending(after: count).invocations.count == 40)
    #expect(workload.ending(after: 0).invocations.count == 1)
  }
}
