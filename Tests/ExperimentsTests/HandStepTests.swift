import Experiments
import Faults
import Stacks
import Testing
import YAML

/// What people say, as the step that an experiment would have.
@Suite struct HandStepTests {
  private func read(_ said: HandStep.Said) throws(Problems) -> HandStep {
    let stack: ResolvedStack
    do { stack = try Fixture.plan().stack } catch { throw error }
    return try HandStep.read(said, in: stack)
  }

  @Test(arguments: [
    (
      "kill proxy on the owner of vip for 5s",
      "{fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}"
    ),
    (
      "kill the main process of proxy on lb-a",
      "{fault: kill, only: main, target: {node: lb-a}, component: proxy}"
    ),
    ("kill db-a", "{fault: kill, target: {node: db-a}}"),
    ("power off the leader of db forever", "{fault: kill, target: {leader-of: db}, for: forever}"),
    ("pause db on the leader of db", "{fault: pause, target: {leader-of: db}, component: db}"),
    ("freeze db-a/db for 1s", "{fault: pause, target: {node: db-a}, component: db, for: 1s}"),
    ("partition site a from site b", "{fault: partition, between: [{site: a}, {site: b}]}"),
    ("cut a from b for 2s", "{fault: partition, between: [{site: a}, {site: b}], for: 2s}"),
    ("partition from lb-a to site b", "{fault: partition, from: {node: lb-a}, to: {site: b}}"),
    ("cut off db-a", "{fault: partition, target: {node: db-a}}"),
    (
      "delay 50ms jitter 10ms between site a and site b for 1m",
      "{fault: delay, delay: 50ms, jitter: 10ms, between: [{site: a}, {site: b}], for: 1m}"
    ),
    (
      "delay 50ms ± 10ms from lb-a to db-b",
      "{fault: delay, delay: 50ms, jitter: 10ms, from: {node: lb-a}, to: {node: db-b}}"
    ),
    ("lose 30% on db-a", "{fault: loss, loss: 30%, target: {node: db-a}}"),
    (
      "restart db on one of the databases",
      "{fault: restart, target: {role: database, pick: one}, component: db}"
    ),
    (
      "kill all databases in site a", "{fault: kill, target: {role: database, site: a}}"
    ),
    ("promote db on db-b", "{action: promote, target: {node: db-b}, component: db}"),
    ("link down on db-a for 2s", "{fault: link-down, target: {node: db-a}, for: 2s}"),
    (
      "clock jump by 1h db on db-a",
      "{fault: clock-jump, by: 1h, target: {node: db-a}, component: db}"
    ),
    (
      "delay 50ms between a and b with jitter 5ms",
      "{fault: delay, delay: 50ms, jitter: 5ms, between: [{site: a}, {site: b}]}"
    ),
    (
      " {fault: kill, target: {node: db-a}, for: 1s}",
      "{fault: kill, target: {node: db-a}, for: 1s}"
    ),
  ])
  func aSentenceIsAStep(_ sentence: String, _ step: String) throws {
    let hand = try read(.sentence(sentence))
    #expect(hand.text == step)
    // What was printed is read as the same step again.
    #expect(try read(.sentence(hand.text)).step.text == hand.step.text)
  }

  @Test func flagsAreTheSameStep() throws {
    var flags = StepFlags("kill")
    flags.target = "owner-of=vip"
    flags.component = "proxy"
    flags.length = "5s"
    #expect(
      try read(.flags(flags)).text == read(.sentence("kill proxy on the owner of vip for 5s")).text)
    var way = StepFlags("delay")
    way.between = ["site=a", "db-b"]
    way.settings = [.init("delay", "20ms")]
    #expect(
      try read(.flags(way)).text
        == "{fault: delay, delay: 20ms, between: [{site: a}, {node: db-b}]}")
    flags.target = "role=database,pick=one"
    flags.component = "db"
    #expect(
      try read(.flags(flags)).text
        == "{fault: kill, target: {role: database, pick: one}, component: db, for: 5s}")
  }

  @Test(arguments: [
    ("kil db on db-a", "unknown fault 'kil'; did you mean 'kill'?"),
    ("kill db on db-c", "unknown node, role or site 'db-c'; did you mean 'db-a'?"),
    ("kill dbb on db-a", "unknown component 'dbb'; did you mean 'db'?"),
    ("kill proxy on db-a", "no 'proxy' runs on node db-a; it runs on lb-a, lb-b"),
    ("kill db", "say where: kill db on node NAME, or on the owner of ADDRESS"),
    ("heal 1", "healing is a verb of its own: faultline heal ID, or heal all"),
    ("delay between site a and site b", "a step needs the key 'delay'"),
    ("partition a from a", "node 'db-a' is on both sides"),
    ("partition between a", "a way has two ends: between X and Y, or from X to Y"),
    ("promote proxy on lb-a", "'proxy' has no 'promote' command"),
    ("promote db on db-b for 5s", "unknown key 'for'"),
    ("kill db quickly now on db-a", "'db quickly now' is not understood"),
    ("", "say what is to be done"),
    ("kill", "say who is meant; write node NAME"),
    ("{fault: kill, target: {node: db-a}, at: 1s}", "unknown key 'at'"),
    ("{fault: kill", ""),
  ])
  func whatMakesNoSenseIsRefused(_ sentence: String, _ reason: String) throws {
    let problems = try #require(throws: Problems.self) { try read(.sentence(sentence)) }
    #expect(problems.sentences.contains(reason), "\(problems.sentences)")
    #expect(!problems.sentences.contains("inject:"))
  }
}
