import Basics
import Histories
import Linux
import Testing

@testable import Harness

@Suite struct ReachLogTests {
  private static let question = Reach.Question(from: "a", target: "b", port: 1)

  private static func log(every: Duration = .milliseconds(100)) -> ReachLog {
    ReachLog(question, by: "a", every: every)
  }

  private static func at(_ milliseconds: Int) -> Instant {
    .start.advanced(by: .milliseconds(milliseconds))
  }

  @Test func connectionsOneAfterTheOtherAreAStretch() throws {
    var log = Self.log()
    #expect(log.note(.refused, at: Self.at(0)) == nil)
    for time in [100, 200, 900] { #expect(log.note(.made, at: Self.at(time)) == nil) }
    // A try that was lost in between ends nothing; one a second later does.
    #expect(log.note(.open, at: Self.at(1000)) == nil)
    let over = try #require(log.note(.open, at: Self.at(2000)))
    #expect(over.first == Self.at(100) && over.last == Self.at(900) && over.made == 3)
    #expect(log.spell == nil)
    #expect(log.tally.made == 3 && log.tally.refused == 1 && log.tally.silent == 2)
    #expect(log.tally.asked == 6)
  }

  @Test func whatCannotBeTriedIsNotAsked() {
    var log = Self.log()
    for time in 0..<5 { log.note(.impossible, at: Self.at(time)) }
    #expect(log.tally.asked == 0 && log.tally.unasked == 5)
  }

  @Test func aNewStretchEndsTheOneBefore() throws {
    var log = Self.log(every: .seconds(1))
    log.note(.made, at: Self.at(0))
    // Three beats belong together.
    #expect(log.note(.made, at: Self.at(3000)) == nil)
    let over = try #require(log.note(.made, at: Self.at(6001)))
    #expect(over.made == 2 && log.spell?.first == Self.at(6001))
  }
}
