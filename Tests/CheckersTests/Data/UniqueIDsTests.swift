import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct UniqueIDsTests {
  private func sketch(_ identifiers: [(Int64, String)]) -> HistorySketch {
    var sketch = HistorySketch()
    for (identifier, node) in identifiers {
      sketch.call(0, "generate", nil, .integer(identifier), node: node)
    }
    return sketch
  }

  private func snowflake(_ time: Int64, _ node: Int64, _ sequence: Int64 = 0) -> Int64 {
    time << 22 | node << 12 | sequence
  }

  @Test func distinctIdentifiersAreAccepted() throws {
    let found = try finding("unique-ids", sketch([(1, "a"), (2, "b"), (3, "a")]).history())
    #expect(found.verdict == .valid)
  }

  @Test func anIdentifierIssuedTwiceIsRefused() throws {
    let found = try finding("unique-ids", sketch([(1, "a"), (2, "b"), (1, "b")]).history())
    #expect(found.verdict == .invalid)
    #expect(found.evidence[0].operations == [0, 2])
  }

  @Test func aRefusedCallWasNotGivenItsIdentifier() throws {
    var sketch = sketch([(1, "a"), (2, "a")])
    sketch.call(0, "generate", nil, 1, .fail)
    #expect(try finding("unique-ids", sketch.history()).verdict == .valid)
  }

  @Test func anIdentifierOfAnUnknownCallMustNotSurface() throws {
    var sketch = sketch([(1, "a"), (2, "a")])
    sketch.call(1, "generate", nil, 9, .info)
    sketch.call(0, "generate", nil, 9)
    let found = try finding("unique-ids", sketch.history())
    #expect(found.kinds == ["surfaced"])
    #expect(found.evidence[0].operations == [2, 3])
  }

  @Test func twoNodesMustNotShareNodeBits() throws {
    let identifiers = [(snowflake(1, 7), "a"), (snowflake(2, 7), "b"), (snowflake(3, 8), "b")]
    let history = sketch(identifiers).history()
    #expect(try finding("unique-ids", history).verdict == .valid)
    let found = try finding("unique-ids", history, ["structure": "snowflake"])
    #expect(found.kinds == ["shared node bits"])
    #expect(found.summary.contains("a and b"))
    #expect(found.evidence[0].operations == [0, 1])
  }

  @Test func distinctNodeBitsAreAccepted() throws {
    let identifiers = [(snowflake(1, 7), "a"), (snowflake(1, 8), "b"), (snowflake(1, 7, 1), "a")]
    let found = try finding(
      "unique-ids", sketch(identifiers).history(), ["structure": "snowflake"])
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test func theTimeOfAGeneratorMustNotGoBack() throws {
    let identifiers = [(snowflake(5, 1), "a"), (snowflake(9, 2), "b"), (snowflake(4, 1), "a")]
    let found = try finding(
      "unique-ids", sketch(identifiers).history(), ["structure": "snowflake"])
    #expect(found.kinds == ["time backwards"])
    #expect(found.evidence[0].operations == [0, 2])
  }

  @Test func concurrentCallsMayComeInEitherOrder() throws {
    var sketch = HistorySketch()
    sketch.call(0, "generate", nil, .integer(snowflake(5, 1)), at: 0, took: 10, node: "a")
    sketch.call(1, "generate", nil, .integer(snowflake(4, 1)), at: 5, took: 10, node: "a")
    let found = try finding("unique-ids", sketch.history(), ["structure": "snowflake"])
    #expect(found.verdict == .valid)
  }

  @Test func theFieldsOfASnowflakeCanBeSet() throws {
    let settings = [
      "structure": "snowflake", "timestamp-bits": "40", "node-bits": "2", "sequence-bits": "4",
    ]
    let history = sketch([(1 << 6 | 1 << 4, "a"), (2 << 6 | 1 << 4, "b")]).history()
    #expect(try finding("unique-ids", history, settings).kinds == ["shared node bits"])
    #expect(throws: SettingsError.self) {
      try finding("unique-ids", history, ["structure": "snowflake", "timestamp-bits": "60"])
    }
  }

  private func uuid(_ milliseconds: Int, _ tail: Int) -> Sketched {
    func hex(_ value: Int, _ width: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: width - text.count) + text
    }
    let time = hex(milliseconds, 12)
    return .text("\(time.prefix(8))-\(time.suffix(4))-7abc-8def-\(hex(tail, 12))")
  }

  @Test func theTimeOfUUIDsMustNotGoBackOnANode() throws {
    var sketch = HistorySketch()
    sketch.call(0, "generate", nil, uuid(1000, 1), node: "a")
    sketch.call(0, "generate", nil, uuid(900, 2), node: "b")
    sketch.call(0, "generate", nil, uuid(1000, 3), node: "a")
    let settings = ["structure": "uuidv7"]
    #expect(try finding("unique-ids", sketch.history(), settings).verdict == .valid)
    sketch.call(0, "generate", nil, uuid(999, 4), node: "a")
    #expect(try finding("unique-ids", sketch.history(), settings).kinds == ["time backwards"])
  }

  @Test(arguments: ["018f-", "018f0000-0000-4abc-8def-000000000000", "x"])
  func whatIsNoUUIDOfVersion7IsMalformed(text: String) throws {
    var sketch = HistorySketch()
    sketch.call(0, "generate", nil, uuid(1, 1), node: "a")
    sketch.call(0, "generate", nil, .text(text), node: "a")
    let found = try finding("unique-ids", sketch.history(), ["structure": "uuidv7"])
    #expect(found.kinds == ["malformed"])
  }

  @Test func withoutAnIdentifierItIsUnknown() throws {
    #expect(try finding("unique-ids", HistorySketch().history()).verdict == .unknown)
    var sketch = HistorySketch()
    sketch.call(0, "generate", nil, nil, .info)
    #expect(try finding("unique-ids", sketch.history()).verdict == .unknown)
    sketch.call(1, "generate", nil, 1)
    #expect(try finding("unique-ids", sketch.history()).verdict == .unknown)
  }
}
