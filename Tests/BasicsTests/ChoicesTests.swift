import Testing

@testable import Basics

/// What a message offers to choose from.
@Suite struct ChoicesTests {
  @Test func eachStandsOnceAndAllStandWhereTheyAreFew() {
    #expect(Suggestion.choices(["b", "a", "b"], near: "x") == "; known: a, b")
    #expect(Suggestion.choices([], near: "x") == "")
  }

  @Test func ofManyTheNearestStand() {
    let many = (10..<80).map { "word-\($0)" }
    let text = Suggestion.choices(many, near: "word-42")
    #expect(text.hasPrefix("; among the 70 known are ") && text.contains("word-42"))
    #expect(text.split(separator: ",").count == 10)
  }
}
