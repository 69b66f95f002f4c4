import Basics
import Checking
import Histories
import Testing

@testable import Checkers

/// What must be encrypted, and who must not be reached.
struct NetworkCheckersTests {
  private static let networks = ["networks": "wan"]
  private static let question = Reach.Question(from: "user", target: "db", port: 5432)
  private static let settings = ["from": "user", "to": "db", "ports": "5432"]

  private static func heard(
    _ facts: Fact..., faultHealed: Double? = 5000
  ) -> History {
    var sketch = HistorySketch()
    sketch.fault("kill", at: 3000, healed: faultHealed, targets: ["gw"])
    sketch.observations = facts.map { Observation(time: .milliseconds(9000), $0) }
    return sketch.history()
  }

  private static func line(clear: Int = 0) -> Fact {
    .line(LineHearing(network: "wan", keys: 4, sealed: 90, senders: 2, pieces: 0, clear: clear))
  }

  private static func spell(_ first: Double, _ last: Double, on network: String = "wan") -> Fact {
    .inClear(
      HeardInClear(
        network: network, node: "gw", what: "a to b, TCP to port 1", first: .milliseconds(first),
        last: .milliseconds(last), packets: 3))
  }

  @Test func theEvidenceIsLaidBesideTheFault() throws {
    let found = try finding(
      "encrypted", Self.heard(Self.spell(5200, 6000), Self.line(clear: 3)), Self.networks)
    #expect(found.verdict == .invalid && found.evidence.map(\.kind) == ["in clear"])
    #expect(found.evidence[0].span == .milliseconds(5200)...Instant.milliseconds(6000))
    for word in [
      "3 packets", "from gw", "a to b, TCP to port 1", "5200 ms", "for 800 ms",
      "200 ms after kill (step 1)",
    ] {
      #expect(found.summary.contains(word), "\(word): \(found.summary)")
    }
    let during = try finding(
      "encrypted", Self.heard(Self.spell(3500, 3600), Self.line(clear: 3)), Self.networks)
    #expect(during.summary.contains("while kill (step 1) lasted"))
    let before = try finding(
      "encrypted", Self.heard(Self.spell(100, 200), Self.line(clear: 3)), Self.networks)
    #expect(!before.summary.contains("kill"))
  }

  @Test func whatPassesElsewhereIsNoneOfIts() throws {
    let found = try finding(
      "encrypted", Self.heard(Self.spell(1, 2, on: "lan"), Self.line()), Self.networks)
    #expect(found.verdict == .valid)
  }

  /// A count without its stretch is a violation all the same.
  @Test func aCountAloneIsEnough() throws {
    let found = try finding("encrypted", Self.heard(Self.line(clear: 1)), Self.networks)
    #expect(found.verdict == .invalid)
  }

  @Test func aViolationOutweighsADoubt() throws {
    let oneSided = Fact.line(
      LineHearing(network: "wan", keys: 4, sealed: 0, senders: 0, pieces: 2, clear: 3))
    let found = try finding("encrypted", Self.heard(Self.spell(1, 2), oneSided), Self.networks)
    #expect(found.verdict == .invalid)
  }

  private static func tally(_ made: Int, _ refused: Int, _ silent: Int, isControl: Bool = false)
    -> Fact
  {
    var question = question
    question.isControl = isControl
    if isControl { question.from = "db" }
    return .reach(
      Reach.Tally(
        question, by: NodeID(question.from), made: made, refused: refused, silent: silent))
  }

  private static let shown = tally(5, 0, 0, isControl: true)

  @Test func theWindowIsMeasured() throws {
    let spell = Fact.reached(
      Reach.Spell(
        Self.question, by: "user", first: .milliseconds(5400), last: .milliseconds(8000), made: 26))
    let found = try finding(
      "unreachable", Self.heard(spell, Self.tally(26, 3, 40), Self.shown), Self.settings)
    #expect(found.verdict == .invalid)
    #expect(found.evidence.map(\.span) == [.milliseconds(5400)...Instant.milliseconds(8000)])
    #expect(found.summary.contains("26 times") && found.summary.contains("for 2600 ms"))
    #expect(found.summary.contains("400 ms after kill (step 1)"))
    #expect(found.figures.description.contains("2600"))
  }

  @Test func refusalAndSilenceAreGood() throws {
    let found = try finding(
      "unreachable", Self.heard(Self.tally(0, 3, 40), Self.shown), Self.settings)
    #expect(found.verdict == .valid && found.summary.contains("43 tries"), "\(found.summary)")
  }

  /// The control of one port says nothing of another.
  @Test func eachPortIsShownByItself() throws {
    var settings = Self.settings
    settings["ports"] = "5432,80"
    let other = Fact.reach(
      Reach.Tally(.init(from: "user", target: "db", port: 80), by: "user", refused: 9))
    let found = try finding(
      "unreachable", Self.heard(Self.tally(0, 3, 40), other, Self.shown), settings)
    #expect(found.verdict == .unknown && found.summary.contains("port 80"), "\(found.summary)")
  }

  @Test func whatIsTriedFollowsFromTheSettings() throws {
    let checker = try Unreachable(
      Settings([
        "from": .text("role:user"), "to": .text("10.0.0.1"), "seen-from": .text("a"),
        "ports": .list([.integer(1), .integer(2)]), "every": .duration(.milliseconds(50)),
      ]))
    let trials = checker.triesToReach
    #expect(trials.map(\.question.port) == [1, 1, 2, 2])
    #expect(trials.map(\.question.from) == ["role:user", "a", "role:user", "a"])
    #expect(trials.map(\.question.isControl) == [false, true, false, true])
    #expect(trials[0].every == .milliseconds(50) && trials[1].every == .seconds(1))
  }

  @Test func aBeatThatIsTooQuickIsRefused() {
    #expect(throws: SettingsError.self) {
      try Unreachable(
        Settings([
          "from": .text("a"), "to": .text("b"), "ports": .integer(1),
          "every": .duration(.milliseconds(1)),
        ]))
    }
  }
}
