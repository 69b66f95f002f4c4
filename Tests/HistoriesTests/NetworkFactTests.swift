import Basics
import TestGround
import Testing

@testable import Histories

/// What was heard on lines, and who could be reached, as files have it.
@Suite struct NetworkFactTests {
  private static let question = Reach.Question(from: "role:client", target: "db-a", port: 5432)

  private static let facts: [Fact] = [
    .line(LineHearing(network: "wan", keys: 4, sealed: 90, senders: 2, pieces: 1, clear: 3)),
    .inClear(
      HeardInClear(
        network: "wan", node: "gw-a", what: "10.1.0.5 to 10.2.0.7, TCP to port 5432",
        first: Instant(nanoseconds: 5), last: Instant(nanoseconds: 9), packets: 3)),
    .reach(Reach.Tally(question, by: "user", made: 1, refused: 2, silent: 3, unasked: 4)),
    .reach(
      Reach.Tally(
        Reach.Question(from: "db-a", target: "10.0.0.1", port: 80, isControl: true), by: "db-a")),
    .reached(
      Reach.Spell(
        question, by: "user", first: Instant(nanoseconds: 5), last: Instant(nanoseconds: 9), made: 3
      )),
  ]

  @Test(arguments: facts) func whatIsWrittenIsReadAgain(fact: Fact) {
    #expect(FactColumns(fact).fact == fact)
  }

  /// A value that lacks a part, or has one too many or a letter in a number's place, makes no fact.
  @Test(arguments: facts) func whatMakesNoneIsNone(fact: Fact) {
    let whole = FactColumns(fact)
    let parts = whole.value.split(separator: " ").map(String.init)
    let numbers = whole.kind == "line" ? parts.count : 3
    for place in 0..<numbers {
      var broken = whole
      broken.value = parts.enumerated().map { $0 == place ? "x" : $1 }.joined(separator: " ")
      #expect(broken.fact == nil, "\(broken.value)")
      broken.value = parts[..<place].joined(separator: " ")
      #expect(broken.fact == nil, "\(broken.value)")
    }
    var backwards = whole
    if whole.kind == "in-clear" { backwards.value = "9 5 3 x" }
    if whole.kind == "reached" { backwards.value = "5432 9 5 3 user" }
    #expect((backwards.fact == nil) == ["in-clear", "reached"].contains(whole.kind))
  }
}
