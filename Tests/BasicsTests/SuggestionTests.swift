import Basics
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("rnu", "run"), ("tagret", "target"), ("descripton", "description"), ("wan-dealy", "wan-delay"),
  ])
  func aMisspeltWordFindsTheOneThatWasMeant(word: String, meant: String) {
    let known = ["run", "target", "description", "wan-delay", "plan", "list"]
    #expect(Suggestion.nearest(to: word, among: known) == meant)
  }

  @Test func nothingIsSuggestedForAWordThatIsLikeNone() {
    #expect(Suggestion.nearest(to: "zebra", among: ["run", "plan"]) == nil)
  }

  @Test(arguments: [("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("kitten", "sitting", 3)])
  func distancesAreThoseOfTheDefinition(a: String, b: String, distance: Int) {
    #expect(Suggestion.distance(a, b) == distance)
    #expect(Suggestion.distance(b, a) == distance)
  }
}

@Suite struct TextTests {
  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("1.5s", .milliseconds(1500)),
    ("20us", .microseconds(20)),
    ("3m", .seconds(180)), ("0", .zero),
  ])
  func durationsAreReadAndWrittenAlike(text: String, duration: Duration) {
    #expect(Duration(text: text) == duration)
    #expect(Duration(text: duration.text) == duration)
  }

  @Test(arguments: ["", "5", "ms", "-1s", "1e3s", "1.2.3s", "9999999999999h"])
  func whatIsNoDurationIsRefused(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test func sharesAreReadAsPercentagesAndNumbers() {
    #expect(Ratio(text: "1%") == Ratio(0.01))
    #expect(Ratio(text: "0.25") == Ratio(0.25))
    #expect(Ratio(text: "101%") == nil)
    #expect(Ratio(text: "nan") == nil)
    #expect("\(Ratio(0.9995))" == "99.95%")
  }

  @Test func numbersAreWrittenWithoutNoise() {
    #expect(Decimal.trimmed(-0.25, decimals: 3) == "-0.25")
    #expect(Decimal.trimmed(20, decimals: 3) == "20")
    #expect(Decimal.trimmed(0.0004, decimals: 3) == "0")
  }
}

@Suite struct ExitCodeTests {
  @Test func aViolationOutranksEverythingButAnInterruption() {
    #expect(ExitCode.worst([.unknown, .invalid, .harness, .valid]) == .invalid)
    #expect(ExitCode.worst([.invalid, .interrupted]) == .interrupted)
    #expect(ExitCode.worst([.valid, .unknown]) == .unknown)
    #expect(ExitCode.worst([]) == .nothingRan)
  }
}

@Suite struct ChanceTests {
  @Test func streamsDoNotShiftEachOther() {
    let chance = Chance(seed: 7)
    var first = chance.stream("a")
    _ = chance.stream("b")
    var again = chance.stream("a")
    #expect((0..<8).map { _ in first.next() } == (0..<8).map { _ in again.next() })
  }

  @Test func aRollHitsAsOftenAsItShould() {
    var chance = Chance(seed: 1)
    let hits = (0..<100_000).filter { _ in chance.roll(Ratio(0.1)) }.count
    #expect((9_500...10_500).contains(hits))
    let never = chance.roll(.none)
    #expect(!never)
  }
}
