import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct LongForkTests {
  private func write(_ key: Int64) -> Sketched { [[.symbol("w"), .integer(key), 1]] }

  private func read(_ values: (Int64, Sketched)...) -> Sketched {
    .list(values.map { [.symbol("r"), .integer($0.0), $0.1] })
  }

  private func sketch(_ reads: Sketched...) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.call(0, "write", write(1), at: 0, took: 100)
    sketch.call(1, "write", write(2), at: 0, took: 100)
    sketch.call(5, "write", write(3), nil, .fail, at: 0, took: 100)
    for read in reads { sketch.call(2, "read", nil, read, at: sketch.clock) }
    return sketch
  }

  @Test func readsThatAgreeAreAccepted() throws {
    let history = sketch(read((1, 1), (2, nil)), read((1, 1), (2, 1)), read((2, nil), (1, 1)))
      .history()
    #expect(try finding("long-fork", history).verdict == .valid)
  }

  @Test func oppositeOrdersAreAFork() throws {
    let found = try finding(
      "long-fork", sketch(read((1, 1), (2, nil)), read((1, nil), (2, 1))).history())
    #expect(found.kinds == ["fork"])
    #expect(found.evidence[0].operations == [0, 1, 3, 4])
  }

  @Test func valuesNobodyWroteOrWhoseWriteFailedAreRefused() throws {
    #expect(
      try finding("long-fork", sketch(read((1, 9), (2, nil))).history()).kinds == ["foreign"])
    #expect(
      try finding("long-fork", sketch(read((3, 1), (2, nil))).history()).kinds
        == ["failed but visible"])
  }

  @Test func aKeyWrittenTwiceIsUnknown() throws {
    var sketch = sketch(read((1, 1), (2, nil)))
    sketch.call(3, "write", write(1))
    #expect(try finding("long-fork", sketch.history()).verdict == .unknown)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("long-fork", HistorySketch().history()).verdict == .unknown)
    #expect(
      try finding("long-fork", sketch(read((1, 1), (2, 1))).history()).verdict == .unknown)
  }
}

struct CausalReverseTests {
  private func sketch(_ read: Sketched) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1)
    sketch.call(1, "write", 2)
    sketch.call(2, "write", 3, nil, .info)
    sketch.call(3, "read", nil, read)
    return sketch
  }

  @Test(arguments: [Sketched.list([1, 2]), [1, 2, 3]])
  func readsThatShowWhatCameBeforeAreAccepted(read: Sketched) throws {
    #expect(try finding("causal-reverse", sketch(read).history()).verdict == .valid)
  }

  @Test(arguments: [([2], [0, 1, 3]), ([1, 3], [1, 2, 3])] as [(Sketched, [Int])])
  func aWriteWithoutTheOneBeforeItIsRefused(read: Sketched, shown: [Int]) throws {
    let found = try finding("causal-reverse", sketch(read).history())
    #expect(found.kinds == ["reversed"])
    #expect(found.evidence[0].operations == shown)
  }

  @Test func concurrentWritesMayShowInEitherOrder() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 0, at: 0)
    sketch.call(1, "write", 1, at: 10, took: 10)
    sketch.call(2, "write", 2, at: 15, took: 10)
    sketch.call(3, "read", nil, [0, 2], at: 30)
    #expect(try finding("causal-reverse", sketch.history()).verdict == .valid)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("causal-reverse", HistorySketch().history()).verdict == .unknown)
    #expect(try finding("causal-reverse", sketch([1]).history()).verdict == .unknown)
  }
}

struct MonotonicTests {
  @Test func numbersThatNeverGoDownAreAccepted() throws {
    var sketch = HistorySketch()
    for value in [1, 1, 2, 7] { sketch.call(value % 3, "read", nil, .integer(Int64(value))) }
    #expect(try finding("monotonic", sketch.history()).verdict == .valid)
  }

  @Test func aDecreaseIsRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "read", nil, 2)
    sketch.call(1, "read", nil, 5)
    sketch.call(0, "read", nil, 3)
    let found = try finding("monotonic", sketch.history())
    #expect(found.kinds == ["decrease"])
    #expect(found.evidence[0].operations == [1, 2])
    #expect(try finding("monotonic", sketch.history(), ["scope": "process"]).verdict == .valid)
    sketch.call(0, "read", nil, 2)
    #expect(try finding("monotonic", sketch.history(), ["scope": "process"]).verdict == .invalid)
  }

  private func row(_ value: Int64, _ time: Int64) -> Sketched {
    [.symbol("val"): .integer(value), .symbol("sts"): .integer(time)]
  }

  @Test func theNumbersOfOneReadMustRise() throws {
    func check(_ rows: Sketched) throws -> Finding {
      var sketch = HistorySketch()
      sketch.call(0, "read", nil, rows)
      return try finding("monotonic", sketch.history())
    }
    #expect(try check([1, 2, 5]).verdict == .valid)
    #expect(try check([1, 5, 2]).kinds == ["decrease"])
    #expect(try check([1, 2, 2]).kinds == ["duplicate"])
    #expect(try check([row(3, 30), row(1, 10), row(2, 20)]).verdict == .valid)
    #expect(try check([row(3, 15), row(1, 10), row(2, 20)]).kinds == ["decrease"])
    #expect(try check(["a", "b"]).verdict == .unknown)
    #expect(try check([]).verdict == .unknown)
  }

  @Test func concurrentReadsAndOtherKeysAreNotCompared() throws {
    var sketch = HistorySketch()
    sketch.call(0, "read", nil, 5, at: 0, took: 10)
    sketch.call(1, "read", nil, 3, at: 5, took: 10)
    sketch.call(2, "read", nil, 1, at: 20, key: 9)
    sketch.call(2, "read", nil, 5, at: 30)
    #expect(try finding("monotonic", sketch.history()).verdict == .valid)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("monotonic", HistorySketch().history()).verdict == .unknown)
    var sketch = HistorySketch()
    sketch.call(0, "read", nil, 5)
    #expect(try finding("monotonic", sketch.history()).verdict == .unknown)
  }
}
