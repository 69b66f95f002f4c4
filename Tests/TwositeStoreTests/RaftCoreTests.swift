import Testing

@testable import twosite_store

/// Single steps of Raft's core.
@Suite struct RaftCoreTests {
  private static func settings(_ defects: Set<Defect> = [], members: Int = 5) -> CoreSettings {
    CoreSettings(
      own: 0, names: (0..<members).map { "n\($0)" }, replicas: Array(0..<members),
      defects: defects, seed: 1)
  }

  private static let later = Duration.seconds(5)

  /// A leader of term 4 whose log ends with an entry of term 2.
  private static func leader(_ defects: Set<Defect> = []) -> RaftCore {
    let entries = [1, 2].map { LogEntry(index: $0, term: $0, kind: .command, command: [1]) }
    let recovered = Recovered(ballot: Ballot(term: 3), entries: entries)
    var core = RaftCore(settings(defects), recovered, now: .zero)
    _ = core.step([.tick], now: later)
    for isTrial in [true, false] {
      let answer = VoteAnswered(term: 4, isTrial: isTrial, isGiven: true)
      _ = core.step([1, 2].map { .received(from: $0, .voteAnswered(answer)) }, now: later)
      _ = core.step([.persisted(1)], now: later)
    }
    return core
  }

  private static func has(_ index: UInt64) -> PeerMessage {
    .appended(Appended(term: 4, outcome: .matches, index: index, previous: 0, round: 0))
  }

  /// Figure 3.7 of the dissertation (figure 8 of the paper).
  @Test func anEntryOfAnOlderTermIsNotCommittedByCount() {
    for defects in [[], [.commitsOldTermByCount]] as [Set<Defect>] {
      var core = Self.leader(defects)
      #expect(core.status.role == .leader)
      _ = core.step([1, 2].map { .received(from: $0, Self.has(2)) }, now: Self.later)
      #expect(core.status.committed == (defects.isEmpty ? 0 : 2))
    }
  }

  @Test func aQuestionWaitsForAMajorityOfItsRound() {
    var core = Self.leader()
    let acknowledged = [1, 2].map { CoreInput.received(from: $0, Self.has(3)) }
    _ = core.step(acknowledged + [.persisted(2)], now: Self.later)
    #expect(core.status.committed == 3)
    #expect(!core.step([.asked(9)], now: Self.later).contains(.answer(9)))
    let answer = Appended(term: 4, outcome: .matches, index: 3, previous: 3, round: 1)
    #expect(
      !core.step([.received(from: 1, .appended(answer))], now: Self.later).contains(.answer(9)))
    #expect(
      core.step([.received(from: 3, .appended(answer))], now: Self.later).contains(.answer(9)))
  }

  @Test func nothingIsSaidBeforeTheVoteIsDurable() {
    var core = RaftCore(Self.settings(), Recovered(), now: .zero)
    let asked = VoteAsked(term: 2, isTrial: false, last: .start)
    let outputs = core.step([.received(from: 1, .voteAsked(asked))], now: .milliseconds(1))
    let ballot = Ballot(term: 2, vote: 1)
    #expect(outputs == [.persist(ticket: 1, DiskWrite(ballot: ballot))])
    let given = VoteAnswered(term: 2, isTrial: false, isGiven: true)
    #expect(
      core.step([.persisted(1)], now: .milliseconds(2)) == [.send(to: 1, .voteAnswered(given))])
  }

  /// How often, in a minute without an answer, the core raises its term.
  private static func terms(_ defects: Set<Defect>) -> UInt64 {
    var core = RaftCore(settings(defects, members: 3), Recovered(), now: .zero)
    for tick in 1...6000 { _ = core.step([.tick], now: .milliseconds(10 * tick)) }
    return core.status.term
  }

  @Test func whoHearsNobodyLeavesTheTermAlone() {
    #expect(Self.terms([]) == 0)
    #expect(Self.terms([.electsForEver]) > 20)
  }

  /// When the core first asks to be elected.
  private static func firstTrial(_ defects: Set<Defect>) -> Duration? {
    var core = RaftCore(settings(defects), Recovered(), now: .zero)
    let heartbeat = Append(term: 1, previous: .start, entries: [], commit: 0, round: 0)
    // The leader that is gone is the first member; this one is another.
    _ = core.step([.received(from: 0, .append(heartbeat))], now: .zero)
    _ = core.step([.persisted(1)], now: .zero)
    return (1...2000).map { .milliseconds(10 * $0) }.first { core.step([.tick], now: $0) != [] }
  }

  @Test func failoverIsSlowOrNeverWhereItIsToBe() throws {
    #expect(try #require(Self.firstTrial([])) <= .seconds(2))
    #expect(try #require(Self.firstTrial([.failoverFiveTimesSlower])) >= .seconds(5))
    #expect(Self.firstTrial([.failoverNeverForOneRole]) == nil)
  }

  @Test func aFlappingLeaderStepsDownThoughAllHearIt() {
    for defects in [[], [.flappingLeadership]] as [Set<Defect>] {
      var core = Self.leader(defects)
      for tick in 1...400 where core.status.role == .leader {
        let inputs: [CoreInput] = [1, 2, 3].map { .received(from: $0, Self.has(3)) }
        _ = core.step(inputs, now: Self.later + .milliseconds(10 * tick))
      }
      #expect((core.status.role == .leader) == defects.isEmpty)
    }
  }
}
