import Basics
import TestGround
import Testing

@testable import Stacks

@Suite struct SaidTimeTests {
  @Test(
    arguments: [
      ("1700000000", 1_700_000_000_000_000_000, 1_000_000_000),
      ("1700000000.25", 1_700_000_000_250_000_000, 10_000_000),
      ("1700000000.123456", 1_700_000_000_123_456_000, 1_000),
      ("1700000000.1234567891", 1_700_000_000_123_456_789, 1),
      ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000, 1_000_000_000),
      ("2023-11-14 22:13:20.5+00", 1_700_000_000_500_000_000, 100_000_000),
      ("Tue, 14 Nov 2023 22:13:20 GMT", 1_700_000_000_000_000_000, 1_000_000_000),
      ("1970-01-01T00:00:00Z", 0, 1_000_000_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000, 1_000_000_000),
    ] as [(String, Int64, Int64)])
  func timesAreRead(text: String, nanoseconds: Int64, step: Int64) throws {
    let time = try #require(SaidTime(text))
    #expect(time.nanoseconds == nanoseconds && time.step == .nanoseconds(step))
  }

  @Test(arguments: [
    "", " ", "-5", "17e8", "1.", ".5", "99999999999", "2023-13-01T00:00:00Z", "2023-11-14",
    "2023-11-14T22:13Z", "2023-11-14T24:00:00Z", "Tue, 14 Foo 2023 22:13:20 GMT",
    "Tue, 14 Nov 2023 22:13:20 CET", "2023-11-14T22:13:20+02:00", "primary",
  ])
  func whatIsNoTimeIsNone(text: String) { #expect(SaidTime(text) == nil) }

  /// Whatever the true offset, the time of asking and the exactness of the answer: the range that
  /// is told holds the offset, and is no wider than asking took and the answer was coarse.
  @Test func theRangeHoldsTheTruth() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<2_000 {
      let asked = 1_700_000_000_000_000_000 + Int64(chance.next() % 1_000_000_000_000)
      let took = Int64(chance.next() % 50_000_000)
      let offset = Int64(chance.next() % 10_000_000_000) - 5_000_000_000
      let read = asked + (took == 0 ? 0 : Int64(chance.next() % UInt64(took))) + offset
      let digits = Int(chance.next() % 10)
      var text = String(read / 1_000_000_000)
      let fraction = String(read % 1_000_000_000)
      let padded = String(repeating: "0", count: 9 - fraction.count) + fraction
      if digits > 0 { text += "." + padded.prefix(digits) }
      let said = try #require(SaidTime(text))
      let range = said.ahead(asked: asked, answered: asked + took)
      #expect(range.contains(.nanoseconds(offset)), "\(text) \(offset)")
      #expect(range.upperBound - range.lowerBound <= said.step + .nanoseconds(took))
    }
  }
}
