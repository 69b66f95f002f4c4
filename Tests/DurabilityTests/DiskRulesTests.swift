import Durability
import Testing

@Suite struct DiskRulesTests {
  @Test(arguments: [
    ("db/**", "db/a/b", true), ("db/**", "db", false), ("db/*", "db/a/b", false),
    ("db/*/x", "db/a/x", true), ("**/x", "x", true), ("**/x", "a/b/x", true), ("a?c", "abc", true),
    ("a?c", "ac", false), ("a*b*c", "aXbYbc", true), ("a*b*c", "aXbYb", false),
    ("db/**/w*", "db/wal", true), ("db/**/w*", "db/1/2/wal", true), ("*", ".hidden", true),
    ("/db/x/", "db/x", true),
  ])
  func patternsMatch(_ pattern: String, _ path: String, _ isMatch: Bool) throws {
    #expect(try #require(PathPattern(pattern)).matches(path) == isMatch)
  }

  @Test(arguments: ["", "/", "a/../b", "./a"])
  func whatIsNoPathIsRefused(_ text: String) { #expect(PathPattern(text) == nil) }

  private func rule(
    _ effect: DiskRule.Effect, _ operations: Set<DiskOperation>, most: Int? = nil
  ) throws -> DiskRule {
    DiskRule(effect, on: operations, of: try #require(PathPattern("db/**")), most: most)
  }

  @Test func aRuleMeetsOnlyWhatItNames() throws {
    var rules = DiskRules()
    rules.add(try rule(.fail(.io), [.read]), named: "r")
    #expect(rules.judge([.read], "db/x", bytes: 1, now: 0).failure == .io)
    #expect(rules.judge([.write], "db/x", bytes: 1, now: 0) == .served)
    #expect(rules.judge([.read], "other/x", bytes: 1, now: 0) == .served)
    #expect(rules.hits(of: "r") == DiskHits(own: 1))
    rules.remove("r")
    #expect(rules.judge([.read], "db/x", bytes: 1, now: 0) == .served)
    #expect(rules.hits(of: "r") == nil)
  }

  @Test func probesAreMetAndNotCountedAmongServers() throws {
    var rules = DiskRules()
    rules.add(try rule(.fail(.io), [.sync], most: 1), named: "once")
    let probe = "db/" + DiskProbeName.words
    for _ in 0..<3 { #expect(rules.judge([.sync], probe, bytes: 0, now: 0).failure == .io) }
    #expect(rules.judge([.sync], "db/wal", bytes: 0, now: 0).failure == .io)
    #expect(rules.judge([.sync], "db/wal", bytes: 0, now: 0) == .served)
    #expect(rules.hits(of: "once") == DiskHits(own: 1, probes: 3))
  }

  @Test func bytesQueueAtTheBandwidth() throws {
    var rules = DiskRules()
    rules.add(
      try rule(.slow(latency: .milliseconds(1), bytesPerSecond: 1000), [.write]), named: "slow")
    #expect(rules.judge([.write], "db/x", bytes: 100, now: 0).delay == 101_000_000)
    #expect(rules.judge([.write], "db/x", bytes: 100, now: 0).delay == 201_000_000)
    #expect(rules.judge([.write], "db/x", bytes: 0, now: 200_000_000).delay == 1_000_000)
  }

  @Test func aProbeHasANameThatThePatternCovers() throws {
    for text in ["db/*", "db/**", "db/wal-*.log", "db/w?l*"] {
      let pattern = try #require(PathPattern(text))
      let name = pattern.lastName(with: DiskProbeName.words)
      #expect(pattern.matches("db/" + name) && DiskProbeName.isOne("db/" + name), "\(text)")
    }
  }

  @Test func lossesAreSaidInWords() {
    let file = DiskLosses.File(
      path: "db/wal", writes: 2, bytes: 8192, sizeBefore: 9000, sizeAfter: 4096, tornBytes: 512)
    let losses = DiskLosses(files: [file], names: [.init(path: "db/new", change: .gone)])
    #expect(
      losses.words
        == "2 writes (8192 bytes) in 1 file and 1 name; 512 bytes of the last write stayed")
    #expect(DiskLosses().words == "nothing, for everything was durable")
  }
}
