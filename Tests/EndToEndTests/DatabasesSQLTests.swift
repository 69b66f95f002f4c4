import Foundation
import Testing

extension EndToEnd {
  /// Experiments on databases that the SQL and the Redis client drive: those that tell most in least time. The
  /// others are run by `make experiments`.
  @Suite struct DatabasesSQL {
    /// Runs an experiment that is green by violating these, and nothing else.
    private func run(_ name: String, of stack: String, violating expected: [String]) throws {
      let reports = FileManager.default.temporaryDirectory.appending(
        path: "e2e-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: reports) }
      let file = "experiments/databases/\(name).yaml"
      let ended = try Program.faultline("run", file, "--seed", "11", "--reports", reports.path)
      #expect(ended.code == 0, "\(ended)")
      let result = try RunResult.read(reports.path + "/\(stack)/\(name)/latest")
      #expect(result.verdict == "valid" && result.trouble == nil)
      #expect(result.invariant("method") == nil)
      let violated = result.invariants.filter { $0.verdict == "invalid" }
      #expect(violated.map(\.name).sorted() == expected)
      #expect(violated.allSatisfy { $0.expectedToFail && !$0.evidence.isEmpty })
      guard expected.contains("no-lost-writes") else { return }
      let lost = try #require(result.invariant("no-lost-writes")?.figures.lost)
      #expect(lost.count > 20 && Set(lost).count == lost.count)
    }

    @Test(.enabled(if: Machine.has("/usr/lib/postgresql/15/bin/postgres"), "install postgresql-15"))
    func whatAnAsynchronousStandbyNeverHeardOfIsLost() throws {
      try run(
        "02-asynchronous-promotion", of: "postgresql-pair", violating: ["no-lost-writes"])
    }

    @Test(
      .enabled(
        if: Machine.has("/usr/bin/redis-server") && Machine.has("/usr/bin/redis-sentinel"),
        "install redis-server and redis-sentinel"))
    func aPrimaryThatIsCutOffAcknowledgesAndLoses() throws {
      try run(
        "06-redis-primary-partitioned", of: "redis-sentinel",
        violating: ["no-lost-writes", "single-leader"])
    }

    @Test(
      .enabled(
        if: Machine.has("/usr/bin/patroni") && Machine.has("/usr/bin/etcd"),
        "install patroni, python3-etcd, postgresql-15 and etcd-server"))
    func anOrphanedPrimaryAcknowledgesAndLoses() throws {
      try run(
        "08-patroni-dies-alone", of: "patroni", violating: ["no-lost-writes", "single-leader"])
    }
  }
}
