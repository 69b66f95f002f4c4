import Checking
import Basics
import Histories
import TestGround
import Testing

@testable import Checkers

struct CounterTests {
  /// 10 and perhaps 5: never 11.
  @Test func aSumThatNoChoiceOfAdditionsMakesIsRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 10)
    sketch.call(1, "add", 5, nil, .info)
    sketch.call(2, "read", nil, 11)
    let found = try finding("counter", sketch.history())
    #expect(found.kinds == ["impossible sum"])
    for sum in [10, 15] as [Sketched] {
      var legal = sketch
      legal.lines.removeLast()
      legal.call(2, "read", nil, sum)
      #expect(try finding("counter", legal.history()).verdict == .valid)
    }
  }

  /// The search for a sum against trying every choice.
  @Test func everyChoiceTriedSaysTheSame() {
    let seed = Seeds.fresh()
    var chance = Chance(seed: seed)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...8, using: &chance)
      let spread = [3, 9, 100_000][Int.random(in: 0...2, using: &chance)]
      let amounts = (0..<count).map { _ in
        Int64(Int.random(in: -spread...spread, using: &chance))
      }
      var sums: Set<Int64> = [0]
      for amount in amounts { sums.formUnion(sums.map { $0 + amount }) }
      for sum in Set(sums.flatMap { [$0, $0 + 1, $0 - 2] }) {
        #expect(
          SubsetSums.canMake(sum, of: amounts) == sums.contains(sum),
          "seed \(seed): \(sum) of \(amounts)")
      }
    }
  }

  /// Few additions are tried however large they are; of many large ones nobody knows.
  @Test(arguments: [(20, Verdict.invalid), (30, .unknown)])
  func whatIsNotTriedIsNotCalledPossible(count: Int, verdict: Verdict) throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    for number in 1...count {
      sketch.call(number, "add", .integer(Int64(1_000_003 + number * number)), nil, .info)
    }
    sketch.call(0, "read", nil, 500)
    #expect(try finding("counter", sketch.history()).verdict == verdict)
  }

  @Test func possibleReadsAreAccepted() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 2)
    sketch.call(1, "add", 3, nil, .info)
    sketch.call(2, "add", 50, nil, .fail)
    sketch.call(3, "read", nil, 2)
    sketch.call(3, "read", nil, 5)
    #expect(try finding("counter", sketch.history()).verdict == .valid)
  }

  @Test(arguments: [(1, "too low"), (6, "too high"), (52, "too high")])
  func impossibleReadsAreRefused(value: Int64, kind: String) throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 2)
    sketch.call(1, "add", 3, nil, .info)
    sketch.call(2, "add", 50, nil, .fail)
    sketch.call(3, "read", nil, .integer(value))
    let found = try finding("counter", sketch.history())
    #expect(found.kinds == [kind])
    #expect(found.evidence[0].operations == [3])
    #expect(found.figures["errors"] == [[2, .integer(value), 5]])
  }

  @Test func negativeAdditionsMoveTheLowerBound() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 5)
    sketch.call(1, "add", -3, nil, .info)
    for value in [2, 5] { sketch.call(2, "read", nil, .integer(Int64(value))) }
    #expect(try finding("counter", sketch.history()).verdict == .valid)
    for (value, kind) in [(1, "too low"), (3, "impossible sum")] {
      var wrong = sketch
      wrong.call(2, "read", nil, .integer(Int64(value)))
      #expect(try finding("counter", wrong.history()).kinds == [kind])
    }
  }

  @Test func anAdditionDuringTheReadMayCountOrNot() throws {
    for value in [0, 1] {
      var sketch = HistorySketch()
      sketch.call(0, "read", nil, .integer(Int64(value)), at: 0, took: 20)
      sketch.call(1, "add", 1, at: 5, took: 5)
      #expect(try finding("counter", sketch.history()).verdict == .valid)
    }
  }

  @Test func anInitialValueCanBeSaid() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    sketch.call(0, "read", nil, 11)
    #expect(try finding("counter", sketch.history()).verdict == .invalid)
    #expect(try finding("counter", sketch.history(), ["initial": "10"]).verdict == .valid)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("counter", HistorySketch().history()).verdict == .unknown)
    var unread = HistorySketch()
    unread.call(0, "add", 1)
    #expect(try finding("counter", unread.history()).verdict == .unknown)
    var unwritten = HistorySketch()
    unwritten.call(0, "read", nil, 0)
    #expect(try finding("counter", unwritten.history()).verdict == .unknown)
  }

  @Test func itAgreesWithTheDefinitionOnRandomHistories() throws {
    for seed in UInt64(0)..<300 {
      var chance = Chance(seed: seed)
      var sketch = HistorySketch()
      for step in 0..<12 {
        let start = Double.random(in: 0..<30, using: &chance)
        let took = Double.random(in: 0..<10, using: &chance)
        if step % 2 == 0 {
          let outcome: Histories.Operation.Outcome = [.ok, .ok, .info, .fail][step / 2 % 4]
          let value = Int64(chance.next() % 7) - 2
          sketch.call(step, "add", .integer(value), nil, outcome, at: start, took: took)
        } else {
          let value = Int64(chance.next() % 12) - 2
          sketch.call(step, "read", nil, .integer(value), at: start, took: took)
        }
      }
      let history = sketch.history()
      let errors = history.operations.filter { read in
        guard history.name(read.function) == "read" else { return false }
        let adds = history.operations.filter { history.name($0.function) == "add" }
        var possible: Set<Int64> = [0]
        for add in adds where add.outcome != .fail && add.invocationIndex < read.completionIndex {
          let value = history.values.integer(add.argument)!
          let isCertain = add.outcome == .ok && add.completionIndex < read.invocationIndex
          let added = Set(possible.map { $0 + value })
          possible = isCertain ? added : possible.union(added)
        }
        return !possible.contains(history.values.integer(read.result)!)
      }
      let found = try finding("counter", history)
      #expect(found.figures["errorCount"] == .integer(Int64(errors.count)), "seed \(seed)")
    }
  }
}

struct TotalQueueTests {
  private func sketch(_ out: [Int64]) -> HistorySketch {
    var sketch = HistorySketch()
    for value in Int64(0)..<5 { sketch.call(0, "enqueue", .integer(value)) }
    sketch.call(1, "enqueue", 50, nil, .fail)
    sketch.call(1, "enqueue", 60, nil, .info)
    for value in out.prefix(2) { sketch.call(2, "dequeue", nil, .integer(value)) }
    sketch.call(2, "drain", nil, .list(out.dropFirst(2).map { .integer($0) }))
    sketch.call(2, "dequeue", nil, nil, .fail)
    return sketch
  }

  @Test func whatGoesInComesOut() throws {
    let found = try finding("total-queue", sketch([1, 0, 2, 3, 4, 60]).history())
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.figures["recovered"] == .integer(1 as Int64))
  }

  @Test(
    arguments: [
      ([0, 1, 2, 4], "lost"), ([0, 1, 2, 3, 4, 4], "duplicate"), ([0, 1, 2, 3, 4, 99], "foreign"),
      ([0, 1, 2, 3, 4, 50], "failed but visible"),
    ] as [([Int64], String)])
  func everyViolationIsRefused(out: [Int64], kind: String) throws {
    let found = try finding("total-queue", sketch(out).history())
    #expect(found.kinds == [kind])
  }

  @Test func atLeastOnceAllowsDuplicates() throws {
    let settings = ["delivery": "at-least-once"]
    #expect(
      try finding("total-queue", sketch([0, 1, 2, 3, 4, 4]).history(), settings).verdict == .valid)
    #expect(
      try finding("total-queue", sketch([0, 1, 2, 4, 4]).history(), settings).kinds == ["lost"])
  }

  @Test func whatCameOutBeforeItWentInIsRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "dequeue", nil, 1)
    sketch.call(1, "enqueue", 1)
    #expect(try finding("total-queue", sketch.history()).kinds == ["early"])
  }

  @Test func anUnknownDequeueMayHaveTakenWhatIsMissing() throws {
    var sketch = sketch([0, 1, 2, 4])
    sketch.call(3, "dequeue", nil, nil, .info)
    #expect(try finding("total-queue", sketch.history()).verdict == .unknown)
    var two = self.sketch([0, 1, 4])
    two.call(3, "dequeue", nil, nil, .info)
    #expect(try finding("total-queue", two.history()).verdict == .invalid)
  }

  @Test func anUnknownDequeueThatTellsWhatItTookExcusesThatAlone() throws {
    var sketch = sketch([0, 1, 2, 4])
    sketch.call(3, "dequeue", nil, 3, .info)
    #expect(try finding("total-queue", sketch.history()).verdict == .valid)
    var other = self.sketch([0, 1, 2, 4])
    other.call(3, "dequeue", nil, 4, .info)
    #expect(try finding("total-queue", other.history()).kinds == ["lost"])
  }

  /// Each of two equal elements must go in before it comes out.
  @Test(arguments: [("exactly-once", Verdict.invalid), ("at-least-once", .unknown)])
  func whatCameOutTwiceWentInTwiceBefore(delivery: String, verdict: Verdict) throws {
    var sketch = HistorySketch()
    sketch.call(0, "enqueue", 1)
    for _ in 0..<2 { sketch.call(1, "dequeue", nil, 1) }
    sketch.call(0, "enqueue", 1)
    let found = try finding("total-queue", sketch.history(), ["delivery": delivery])
    #expect(found.verdict == verdict, "\(found.summary)")
    #expect(found.kinds == (verdict == .invalid ? ["early"] : []))
  }

  /// Two equal elements are two: one dequeue of unknown outcome explains the loss of one.
  @Test(arguments: [(1, Verdict.invalid), (2, .unknown)])
  func equalElementsAreMissedOneByOne(unknown: Int, verdict: Verdict) throws {
    var sketch = HistorySketch()
    for value in [0, 1, 1] as [Sketched] { sketch.call(0, "enqueue", value) }
    sketch.call(1, "dequeue", nil, 0)
    for process in 0..<unknown { sketch.call(2 + process, "dequeue", nil, nil, .info) }
    sketch.call(1, "dequeue", nil, nil)
    #expect(try finding("total-queue", sketch.history()).verdict == verdict)
  }

  /// That it went in again afterwards does not bring back what was lost before.
  @Test func whatWasLostIsLostThoughItsEqualIsInside() throws {
    var sketch = HistorySketch()
    for value in [0, 1] as [Sketched] { sketch.call(0, "enqueue", value) }
    sketch.call(1, "dequeue", nil, 0)
    sketch.call(1, "dequeue", nil, nil)
    sketch.call(0, "enqueue", 1)
    #expect(try finding("total-queue", sketch.history()).kinds == ["lost"])
    sketch.call(1, "dequeue", nil, 1)
    #expect(try finding("total-queue", sketch.history()).verdict == .unknown)
  }

  @Test(arguments: [(false, Verdict.unknown), (true, .invalid)])
  func onlyAQueueThatWasSeenEmptyAfterwardsHasLost(again: Bool, verdict: Verdict) throws {
    var sketch = HistorySketch()
    sketch.call(0, "enqueue", 1)
    sketch.call(1, "dequeue", nil, 1)
    sketch.call(1, "dequeue", nil, nil)
    sketch.call(0, "enqueue", 2)
    if again { sketch.call(1, "dequeue", nil, nil) }
    sketch.call(1, "dequeue", nil, nil, .fail)
    #expect(try finding("total-queue", sketch.history()).verdict == verdict)
  }

  @Test func whatIsStillInsideIsNotLost() throws {
    let found = try finding(
      "total-queue", sketch([0, 1, 2, 4]).history(), ["drained": "false"])
    #expect(found.verdict == .unknown)
  }

  /// 1 never came out; the question is what shows that it is not inside still.
  @Test(
    arguments: [
      (.ok, false, "lost"), (.fail, false, nil), (.info, false, nil), (.ok, true, "lost"),
      (.fail, true, nil),
    ] as [(Histories.Operation.Outcome, Bool, String?)])
  func onlyADequeueThatFoundNothingShowsALoss(
    outcome: Histories.Operation.Outcome, isFinal: Bool, kind: String?
  ) throws {
    var sketch = HistorySketch()
    sketch.call(0, "enqueue", 0)
    sketch.call(0, "enqueue", 1)
    sketch.call(1, "dequeue", nil, 0)
    sketch.call(2, "dequeue", nil, nil, outcome, isFinal: isFinal)
    let found = try finding("total-queue", sketch.history())
    #expect(found.verdict == (kind == nil ? .unknown : .invalid), "\(found.summary)")
    #expect(found.kinds == (kind.map { [$0] } ?? []))
  }

  @Test func nothingYetIsNotNothingAtTheEnd() throws {
    var sketch = HistorySketch()
    sketch.call(0, "enqueue", 0)
    sketch.call(0, "enqueue", 1)
    sketch.call(1, "dequeue", nil, 0)
    sketch.call(1, "dequeue", nil, nil)
    #expect(try finding("total-queue", sketch.history()).verdict == .invalid)
    sketch.call(2, "dequeue", nil, nil, .fail, isFinal: true)
    #expect(try finding("total-queue", sketch.history()).verdict == .unknown)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("total-queue", HistorySketch().history()).verdict == .unknown)
    var sketch = HistorySketch()
    sketch.call(0, "enqueue", 1, nil, .fail)
    sketch.call(0, "dequeue", nil, nil, .fail)
    #expect(try finding("total-queue", sketch.history()).verdict == .unknown)
  }
}

struct BankTests {
  private func sketch(_ balances: [(Int64, Int64)]...) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.call(0, "transfer", [.symbol("from"): 0, .symbol("to"): 1, .symbol("amount"): 5])
    for read in balances {
      sketch.call(1, "read", nil, .map(read.map { (.integer($0), .integer($1)) }))
    }
    return sketch
  }

  @Test func aTotalThatStaysIsAccepted() throws {
    let history = sketch([(0, 10), (1, 10)], [(0, 5), (1, 15)]).history()
    #expect(try finding("bank", history).verdict == .valid)
    #expect(try finding("bank", history, ["total": "20", "accounts": "0,1"]).verdict == .valid)
  }

  @Test(
    arguments: [
      ([(0, 5), (1, 14)], "wrong total"), ([(0, -5), (1, 25)], "negative balance"),
      ([(0, 5), (1, 10), (2, 5)], "unknown account"), ([(0, 20)], "missing account"),
    ] as [([(Int64, Int64)], String)])
  func everyViolationIsRefused(read: [(Int64, Int64)], kind: String) throws {
    let found = try finding("bank", sketch([(0, 10), (1, 10)], read).history())
    #expect(found.kinds == [kind], "\(found.summary)")
    #expect(found.evidence[0].operations == [2])
  }

  @Test func negativeBalancesCanBeAllowed() throws {
    let history = sketch([(0, 10), (1, 10)], [(0, -5), (1, 25)]).history()
    #expect(try finding("bank", history, ["negative-balances": "true"]).verdict == .valid)
  }

  @Test func aGivenTotalAndGivenAccountsCondemnTheFirstRead() throws {
    let history = sketch([(0, 10), (1, 9)]).history()
    #expect(try finding("bank", history, ["total": "20"]).kinds == ["wrong total"])
    #expect(try finding("bank", history, ["accounts": "0"]).kinds == ["unknown account"])
    #expect(try finding("bank", history, ["accounts": "0,1,2"]).kinds == ["missing account"])
  }

  @Test func theWorstReadIsShownBesideTheFirst() throws {
    let found = try finding(
      "bank", sketch([(0, 10), (1, 10)], [(0, 5), (1, 14)], [(0, 5), (1, 0)]).history())
    #expect(found.evidence.map(\.operations) == [[2], [3]])
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("bank", HistorySketch().history()).verdict == .unknown)
    #expect(try finding("bank", sketch().history()).verdict == .unknown)
    var still = HistorySketch()
    still.call(1, "read", nil, [0: 10])
    #expect(try finding("bank", still.history()).verdict == .unknown)
  }
}
