import Basics
import Links
import Testing

@Suite struct PathTests {
  @Test func onePathIsOneDirectionAndBetweenIsBoth() {
    let oneWay = Path(from: ["a", "b"], to: ["c"])
    #expect(oneWay.covers("a", "c") && oneWay.covers("b", "c"))
    #expect(!oneWay.covers("c", "a") && !oneWay.covers("a", "b"))
    let both = Path.between(["a", "b"], ["c"])
    #expect(both.count == 2 && both.contains { $0.covers("c", "a") })
  }

  @Test func aSegmentLimitsIt() {
    let path = Path(from: ["a"], to: ["b"], segment: "lan")
    #expect(path.covers("a", "b", in: "lan") && !path.covers("a", "b", in: "wan"))
    #expect(Path(from: ["a"], to: ["b"]).covers("a", "b", in: "wan"))
  }

  @Test func aNodeIsNotOnTheWayToItself() {
    let path = Path(from: ["a", "b"], to: ["a", "b"])
    #expect(!path.covers("a", "a"))
    #expect(path.pairs.map { "\($0.source)>\($0.target)" } == ["a>b", "b>a"])
  }
}
