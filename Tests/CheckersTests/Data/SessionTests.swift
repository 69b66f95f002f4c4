import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct SessionTests {
  static let guarantees = [
    "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
  ]

  /// Two writes of one process; a reader that sees them in order, then the writer.
  private var orderly: HistorySketch {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1, key: "x")
    sketch.call(2, "read", nil, 1, key: "x")
    sketch.call(0, "read", nil, 1, key: "x")
    sketch.call(0, "write", 2, key: "y")
    sketch.call(2, "read", nil, 2, key: "y")
    sketch.call(2, "read", nil, 1, key: "x")
    return sketch
  }

  @Test(arguments: guarantees) func anOrderlySessionIsAccepted(checker: String) throws {
    let found = try finding(checker, orderly.history())
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test(arguments: guarantees) func aVacuousHistoryIsUnknown(checker: String) throws {
    #expect(try finding(checker, HistorySketch().history()).verdict == .unknown)
    var sketch = HistorySketch()
    sketch.call(0, "write", 1, key: "x")
    sketch.call(1, "read", nil, 1, key: "x")
    #expect(try finding(checker, sketch.history()).verdict == .unknown)
  }

  @Test(arguments: [Sketched.none, 0, 1])
  func aProcessThatDoesNotReadItsWriteIsRefused(read: Sketched) throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1)
    sketch.call(0, "write", 2)
    sketch.call(0, "read", nil, read)
    let found = try finding("read-your-writes", sketch.history())
    #expect(found.kinds == ["own write not read"])
    #expect(found.evidence[0].operations.suffix(2) == [1, 2])
  }

  @Test func anotherProcessNewerOrConcurrentWriteMayBeRead() throws {
    var sketch = HistorySketch()
    sketch.call(1, "write", 7, at: 0, took: 20)
    sketch.call(0, "write", 2, at: 5)
    sketch.call(0, "read", nil, 7, at: 30)
    #expect(try finding("read-your-writes", sketch.history()).verdict == .valid)
    sketch.call(2, "write", 8)
    sketch.call(0, "read", nil, 8)
    #expect(try finding("read-your-writes", sketch.history()).verdict == .valid)
  }

  @Test func aReadThatGoesBackIsRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1)
    sketch.call(1, "write", 2)
    sketch.call(2, "read", nil, 2)
    sketch.call(3, "read", nil, 1)
    #expect(try finding("monotonic-reads", sketch.history()).verdict == .unknown)
    sketch.call(2, "read", nil, 1)
    let found = try finding("monotonic-reads", sketch.history())
    #expect(found.kinds == ["read went back"])
    #expect(found.evidence[0].operations == [0, 2, 4])
  }

  @Test func returningToAVersionThatWasLeftIsRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1, at: 0, took: 100)
    sketch.call(1, "write", 2, at: 0, took: 100)
    sketch.call(2, "read", nil, 1)
    sketch.call(2, "read", nil, 2)
    #expect(try finding("monotonic-reads", sketch.history()).verdict == .valid)
    sketch.call(2, "read", nil, 1)
    #expect(try finding("monotonic-reads", sketch.history()).verdict == .invalid)
  }

  @Test func valuesCanSayWhichVersionIsNewer() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1, at: 0, took: 100)
    sketch.call(1, "write", 2, at: 0, took: 100)
    sketch.call(2, "read", nil, 2)
    sketch.call(2, "read", nil, 1)
    #expect(try finding("monotonic-reads", sketch.history()).verdict == .valid)
    let settings = ["versions": "values"]
    #expect(try finding("monotonic-reads", sketch.history(), settings).verdict == .invalid)
  }

  /// Process 0 writes x, then y; process 1 sees y at node b, and then x as given.
  private func dependent(x: Sketched, node: String? = "b", reading: Bool = false) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.call(reading ? 5 : 0, "write", 1, key: "x")
    if reading { sketch.call(0, "read", nil, 1, node: "a", key: "x") }
    sketch.call(0, "write", 2, key: "y")
    sketch.call(1, "read", nil, 2, node: "b", key: "y")
    sketch.call(1, "read", nil, x, node: node, key: "x")
    return sketch
  }

  @Test func aWriteSeenWithoutTheOneBeforeItIsRefused() throws {
    #expect(try finding("monotonic-writes", dependent(x: 1).history()).verdict == .valid)
    let found = try finding("monotonic-writes", dependent(x: nil).history())
    #expect(found.kinds == ["write out of order"])
    #expect(found.evidence[0].operations == [0, 1, 2, 3])
  }

  @Test func aWriteSeenWithoutItsCauseIsRefused() throws {
    let good = dependent(x: 1, reading: true)
    #expect(try finding("writes-follow-reads", good.history()).verdict == .valid)
    let found = try finding("writes-follow-reads", dependent(x: nil, reading: true).history())
    #expect(found.kinds == ["write before its cause"])
    #expect(found.evidence[0].operations == [1, 2, 3, 4])
  }

  @Test func anotherNodeNeedNotHaveTheWrite() throws {
    let found = try finding("monotonic-writes", dependent(x: nil, node: "c").history())
    #expect(found.verdict == .unknown)
  }

  @Test func twoWritesOfOneKeySeenInTheWrongOrderAreRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1)
    sketch.call(0, "write", 2)
    sketch.call(1, "read", nil, 2)
    sketch.call(1, "read", nil, 1)
    #expect(try finding("monotonic-writes", sketch.history()).verdict == .invalid)
  }

  @Test(arguments: guarantees) func aValueNobodyWroteProvesNothing(checker: String) throws {
    var sketch = orderly
    sketch.call(0, "read", nil, 77, key: "x")
    sketch.call(2, "read", nil, 77, key: "x")
    #expect(try finding(checker, sketch.history()).verdict == .unknown)
    #expect(try finding(checker, sketch.history(), ["initial": "77"]).verdict != .valid)
  }

  @Test func whatWasThereAtFirstAndIsWrittenLaterProvesNothing() throws {
    var sketch = HistorySketch()
    sketch.call(0, "read", nil, 0)
    sketch.call(1, "write", 1)
    sketch.call(0, "read", nil, 1)
    sketch.call(1, "write", 0)
    sketch.call(0, "read", nil, 0)
    sketch.call(0, "read", nil, 1)
    #expect(try finding("read-your-writes", sketch.history()).verdict != .invalid)
  }
}

struct StalenessTests {
  private func register(_ read: Sketched, at time: Double) -> History {
    var sketch = HistorySketch()
    sketch.call(0, "write", 1, at: 0)
    sketch.call(0, "write", 2, at: 100)
    sketch.call(1, "read", nil, read, at: time)
    return sketch.history()
  }

  @Test(
    arguments: [
      (2, 5000, .valid), (1, 300, .valid), (1, 700, .invalid),
      (nil, 400, .valid), (nil, 600, .invalid),
    ] as [(Sketched, Double, Verdict)])
  func readsOfRegistersAreMeasured(read: Sketched, time: Double, verdict: Verdict) throws {
    let found = try finding("staleness", register(read, at: time), ["bound": "500ms"])
    #expect(found.verdict == verdict, "\(found.summary)")
  }

  @Test func theAgeIsSaid() throws {
    let found = try finding("staleness", register(1, at: 700), ["bound": "500ms"])
    #expect(found.evidence[0].operations == [0, 1, 2])
    #expect(found.figures["oldest"] == .number(599))
  }

  @Test(arguments: [([1, 2], Verdict.valid), ([2], .invalid), ([1], .valid)])
  func readsOfSetsAreMeasured(values: [Int], verdict: Verdict) throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1, at: 0)
    sketch.call(0, "add", 2, at: 600)
    sketch.call(1, "read", nil, .integers(values), at: 1000)
    let found = try finding("staleness", sketch.history(), ["bound": "500ms"])
    #expect(found.verdict == verdict, "\(found.summary)")
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    let bound = ["bound": "1s"]
    #expect(try finding("staleness", HistorySketch().history(), bound).verdict == .unknown)
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    #expect(try finding("staleness", sketch.history(), bound).verdict == .unknown)
    #expect(throws: SettingsError.self) { try finding("staleness", sketch.history()) }
  }
}

struct ConvergesTests {
  private func sketch(_ a: Sketched, _ b: Sketched, at time: Double = 200) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.fault("partition", at: 10, healed: 100)
    sketch.call(0, "add", 1, at: 0)
    sketch.call(1, "add", 2, nil, .info, at: 0)
    sketch.call(1, "read", nil, a, at: time, node: "a", key: nil, isFinal: true)
    sketch.call(2, "read", nil, b, at: time + 10, node: "b", key: nil, isFinal: true)
    return sketch
  }

  @Test func equalReplicasAreAccepted() throws {
    #expect(try finding("converges", sketch([1, 2], [2, 1]).history()).verdict == .valid)
    let ordered = ["ordered": "true"]
    #expect(try finding("converges", sketch([1, 2], [2, 1]).history(), ordered).verdict != .valid)
  }

  @Test func differentReplicasAreNamed() throws {
    let found = try finding("converges", sketch([1, 2], [1]).history())
    #expect(found.kinds == ["different"])
    #expect(found.summary.contains("a and b differ: only a has 2"))
    #expect(found.evidence[0].operations == [2, 3])
  }

  @Test func aChangeOfUnknownOutcomeBetweenTheReadsProvesNothing() throws {
    #expect(try finding("converges", sketch([1], [1, 2]).history()).verdict == .unknown)
  }

  @Test func readsBeforeTheTimeIsOverProveNothing() throws {
    let found = try finding("converges", sketch([1, 2], [1]).history(), ["within": "1s"])
    #expect(found.verdict == .unknown)
    #expect(
      try finding("converges", sketch([1], [1]).history(), ["within": "1s"]).verdict == .valid)
  }

  @Test func theKeysThatDifferAreNamed() throws {
    var sketch = HistorySketch()
    for key in ["x", "y"] {
      sketch.call(0, "write", 1, key: .text(key))
      sketch.call(1, "read", nil, 1, node: "a", key: .text(key))
      sketch.call(1, "read", nil, key == "x" ? 1 : 0, node: "b", key: .text(key))
    }
    let found = try finding("converges", sketch.history())
    #expect(found.verdict == .invalid)
    #expect(found.figures["differing"] == ["y"])
  }

  @Test func mapsAreComparedByContent() throws {
    #expect(
      try finding("converges", sketch([0: 1, 2: 3], [2: 3, 0: 1]).history()).verdict == .valid)
    #expect(
      try finding("converges", sketch([0: 1, 2: 3], [2: 3, 0: 2]).history()).verdict == .invalid)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("converges", HistorySketch().history()).verdict == .unknown)
    var one = HistorySketch()
    one.call(0, "add", 1)
    one.call(0, "read", nil, [1], node: "a", isFinal: true)
    #expect(try finding("converges", one.history()).verdict == .unknown)
    var silent = sketch([1], [1])
    silent.call(3, "read", nil, nil, .info, node: "c", isFinal: true)
    #expect(try finding("converges", silent.history()).verdict == .unknown)
  }
}
