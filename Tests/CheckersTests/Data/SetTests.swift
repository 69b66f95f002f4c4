import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct SetTests {
  /// Ten acknowledged additions, then a final read of what is given.
  private func sketch(reading values: Sketched, node: String? = nil) -> HistorySketch {
    var sketch = HistorySketch()
    for value in 0..<10 { sketch.call(value % 3, "add", .integer(Int64(value))) }
    sketch.call(0, "add", 100, nil, .fail)
    sketch.call(1, "add", 200, nil, .info)
    sketch.call(9, "read", nil, values, node: node, isFinal: true)
    return sketch
  }

  @Test(arguments: ["set", "no-lost-writes"])
  func aCompleteReadIsAccepted(checker: String) throws {
    let found = try finding(checker, sketch(reading: .integers(0..<10)).history())
    #expect(found.verdict == .valid, "\(found.summary)")
    let recovered = Sketched.integers([200] + Array(0..<10))
    #expect(try finding(checker, sketch(reading: recovered).history()).verdict == .valid)
  }

  @Test(arguments: ["set", "no-lost-writes"])
  func aLostValueIsRefusedByName(checker: String) throws {
    let found = try finding(checker, sketch(reading: [0, 1, 2, 3, 5, 6, 8, 9]).history())
    #expect(found.verdict == .invalid)
    #expect(found.kinds == ["lost"])
    #expect(found.summary.contains("gone: 4, 7"))
    #expect(found.evidence[0].operations == [4, 12])
  }

  @Test(arguments: ["set", "no-lost-writes"])
  func aFailedAdditionMustNotShow(checker: String) throws {
    let found = try finding(checker, sketch(reading: .integers(Array(0..<10) + [100])).history())
    #expect(found.kinds == ["failed but visible"])
    #expect(found.evidence[0].operations == [10, 12])
  }

  @Test(arguments: ["set", "no-lost-writes"])
  func aForeignValueIsRefused(checker: String) throws {
    let found = try finding(checker, sketch(reading: .integers(Array(0..<10) + [777])).history())
    #expect(found.kinds == ["foreign"])
  }

  @Test func aDuplicateIsRefusedUnlessAllowed() throws {
    let history = sketch(reading: .integers(Array(0..<10) + [3])).history()
    #expect(try finding("set", history).kinds == ["duplicate"])
    #expect(try finding("set", history, ["duplicates": "true"]).verdict == .valid)
  }

  @Test func anAdditionAcknowledgedAfterTheReadBeganIsNotLost() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1, at: 0, took: 10)
    sketch.call(1, "add", 2, at: 20, took: 20)
    sketch.call(2, "read", nil, [1], at: 30, took: 20)
    #expect(try finding("set", sketch.history()).verdict == .valid)
  }

  @Test(arguments: ["set", "no-lost-writes"])
  func withoutAnythingToJudgeItIsUnknown(checker: String) throws {
    #expect(try finding(checker, HistorySketch().history()).verdict == .unknown)
    var unread = HistorySketch()
    unread.call(0, "add", 1)
    #expect(try finding(checker, unread.history()).verdict == .unknown)
    var refused = HistorySketch()
    refused.call(0, "add", 1, nil, .fail)
    refused.call(0, "read", nil, [], isFinal: true)
    #expect(try finding(checker, refused.history()).verdict == .unknown)
    var failing = unread
    failing.call(0, "read", nil, nil, .info, isFinal: true)
    #expect(try finding(checker, failing.history()).verdict == .unknown)
  }

  @Test func aReplicaThatHasItSavesAWrite() throws {
    var sketch = sketch(reading: .integers(0..<9), node: "a")
    sketch.call(9, "read", nil, .integers(0..<10), node: "b", isFinal: true)
    for checker in ["no-lost-writes", "set"] {
      let found = try finding(checker, sketch.history(), ["replicas": "any"])
      #expect(found.verdict == .valid, "\(found.summary)")
      #expect(found.summary.contains("differ: a lacks 1 value that another has"))
      #expect(found.figures["diverged"] == 1)
      let strict = try finding(checker, sketch.history())
      #expect(strict.kinds == ["stale replica"])
      #expect(strict.summary.contains("missing at a: 9"))
      #expect(strict.summary.contains("differ: a lacks 1 value"))
    }
    #expect(try finding("set-full", sketch.history()).kinds == ["stale replica"])
    #expect(try finding("set-full", sketch.history(), ["replicas": "any"]).verdict == .valid)
  }

  /// Only one of both lacks what was acknowledged before it was read; the other may have it.
  @Test func anyReplicaMayHaveWhatItsReadCameTooEarlyFor() throws {
    var sketch = sketch(reading: .integers(0..<10), node: "b")
    sketch.call(0, "add", 10)
    sketch.call(9, "read", nil, .integers(0..<10), node: "a", isFinal: true)
    for checker in ["no-lost-writes", "set"] {
      let any = try finding(checker, sketch.history(), ["replicas": "any"])
      #expect(any.verdict == .valid, "\(any.summary)")
      let every = try finding(checker, sketch.history())
      #expect(every.kinds == ["lost"])
    }
  }

  @Test(arguments: ["set", "no-lost-writes"])
  func whatIsAddedAfterTheFinalReadIsNotJudged(checker: String) throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    sketch.call(1, "read", nil, [1], node: "n1", isFinal: true)
    sketch.call(0, "add", 2)
    let found = try finding(checker, sketch.history())
    #expect(found.verdict == .valid)
    #expect(found.summary.contains("all of 1 "), "\(found.summary)")
    #expect(found.figures["acknowledged"] == 2)
    #expect(found.figures["judged"] == 1)
    var late = HistorySketch()
    late.call(1, "read", nil, [], node: "n1", isFinal: true)
    late.call(0, "add", 2)
    #expect(try finding(checker, late.history()).verdict == .unknown)
  }

  @Test(arguments: ["set", "no-lost-writes", "set-full", "converges"])
  func aReplicaWithoutAFinalReadLeavesADoubt(checker: String) throws {
    var sketch = sketch(reading: .integers(0..<10), node: "a")
    sketch.call(8, "read", nil, .integers(0..<10), node: "c", isFinal: true)
    #expect(try finding(checker, sketch.history()).verdict == .valid)
    sketch.call(9, "read", nil, nil, .fail, node: "b", isFinal: true)
    let found = try finding(checker, sketch.history())
    #expect(found.verdict == .unknown)
    #expect(found.summary.contains("at b succeeded"), "\(found.summary)")
    // An earlier read of it changes nothing.
    var earlier = HistorySketch()
    earlier.call(0, "add", 1)
    earlier.call(1, "read", nil, [1], node: "a")
    earlier.call(1, "read", nil, nil, .fail, node: "a", isFinal: true)
    #expect(try finding(checker, earlier.history()).verdict == .unknown)
  }

  /// An earlier read says nothing of what the last one hides.
  @Test(arguments: ["set", "no-lost-writes"])
  func aLastReadThatIsNoListLeavesADoubt(checker: String) throws {
    for isFinal in [true, false] {
      var sketch = HistorySketch()
      sketch.call(0, "add", 1)
      sketch.call(1, "read", nil, [1], node: "a", isFinal: isFinal)
      #expect(try finding(checker, sketch.history()).verdict == .valid)
      sketch.call(1, "read", nil, "none", node: "a", isFinal: isFinal)
      let found = try finding(checker, sketch.history())
      #expect(found.verdict == .unknown)
      #expect(found.summary.contains("no list"), "\(found.summary)")
    }
  }

  /// What the others lack may be there; with every replica asked, what one lacks is missing.
  @Test func aSilentReplicaMayHaveWhatIsMissing() throws {
    var sketch = sketch(reading: .integers(0..<9), node: "a")
    sketch.call(9, "read", nil, nil, .fail, node: "b", isFinal: true)
    for checker in ["set", "no-lost-writes"] {
      let any = try finding(checker, sketch.history(), ["replicas": "any"])
      #expect(any.verdict == .unknown, "\(any.summary)")
      #expect(try finding(checker, sketch.history()).kinds == ["lost"])
    }
  }

  @Test func aWriteMissingEverywhereIsLost() throws {
    var sketch = sketch(reading: .integers(0..<9), node: "a")
    sketch.call(9, "read", nil, .integers(1..<9), node: "b", isFinal: true)
    #expect(try finding("no-lost-writes", sketch.history()).kinds == ["lost", "stale replica"])
    let found = try finding("no-lost-writes", sketch.history(), ["replicas": "any"])
    #expect(found.kinds == ["lost"])
    #expect(found.summary.contains("gone: 9"))
    #expect(found.evidence[0].operations == [9, 12, 13])
  }

  @Test func aLaterFinalReadOfAReplicaReplacesAnEarlierOne() throws {
    var sketch = sketch(reading: .integers(0..<5), node: "a")
    sketch.call(9, "read", nil, .integers(0..<10), node: "a", isFinal: true)
    #expect(try finding("no-lost-writes", sketch.history()).verdict == .valid)
  }

  @Test func readsBeforeTheHealAreNotFinal() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1, at: 0)
    sketch.call(0, "read", nil, [], at: 50)
    sketch.fault("partition", at: 10, healed: 100)
    #expect(try finding("no-lost-writes", sketch.history()).verdict == .unknown)
    sketch.call(0, "read", nil, [], at: 200)
    #expect(try finding("no-lost-writes", sketch.history()).verdict == .invalid)
  }

  @Test func keysAreSetsOfTheirOwn() throws {
    var sketch = HistorySketch()
    for key in 0..<3 { sketch.call(0, "add", 1, key: .integer(Int64(key))) }
    for key in 0..<3 { sketch.call(0, "read", nil, [1], key: .integer(Int64(key))) }
    #expect(try finding("set", sketch.history()).verdict == .valid)
    sketch.call(0, "add", 2, key: 1)
    sketch.call(0, "read", nil, [1], key: 1)
    let found = try finding("set", sketch.history())
    #expect(found.verdict == .invalid)
    #expect(found.summary.contains("of key 1"))
  }

  @Test func elementsThatAreListsAreComparedByContent() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", [0, 1])
    sketch.call(0, "read", nil, [[0, 1]])
    #expect(try finding("set", sketch.history()).verdict == .valid)
    sketch.call(0, "read", nil, [[1, 0]])
    #expect(try finding("set", sketch.history()).kinds == ["lost", "foreign"])
  }
}
