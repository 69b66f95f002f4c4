import Foundation
import Testing

extension EndToEnd {
  /// Who watches a real server, is asked over HTTP in its node, and is believed only as far as it answers.
  @Suite(.needs("/usr/bin/python3")) struct Alerts {
    private static let kill =
      "{at: 2s, fault: kill, target: {node: store-a}, component: odd-store, for: 3s}"

    /// That the store is away for some seconds is not what is asked.
    private static let some = "availability: {workload: pages, at-least: 10%}"

    private func run(
      mode: String = "watchful", method: String = kill
    ) throws -> (ended: Program.Ended, result: RunResult) {
      try PlantedProject(
        "watched", workload: PlantedFaults.pages, method: method,
        invariants: [
          "alerted: {name: noticed, alert: StoreDown, labels: [site=a], fault: 1, within: 2500ms, "
            + "resolved: 3s, gap: 1s}",
          "alerted: {name: quiet, none: true, resolved: 3s}", Self.some,
        ], settle: "{for: 4s, within: 12s}", rest: "with: {mode: \(mode)}"
      ).run()
    }

    @Test func aDeathIsNoticedAndForgotten() throws {
      let (ended, result) = try run()
      #expect(ended.code == 0, "\(ended)")
      #expect(result.invariant("noticed")?.verdict == "valid", "\(ended)")
      #expect(result.invariant("noticed")?.summary.contains("StoreDown (site=a) fired") == true)
      #expect(result.invariant("quiet")?.verdict == "valid", "\(ended)")
    }

    @Test func whoSleepsIsFound() throws {
      let (ended, result) = try run(mode: "asleep")
      #expect(ended.code == 1, "\(ended)")
      let noticed = try #require(result.invariant("noticed"))
      #expect(noticed.verdict == "invalid", "\(ended)")
      #expect(noticed.evidence.contains { $0.kind == "missing" }, "\(ended)")
      #expect(noticed.summary.contains("no alert noticed fault 1"), "\(ended)")
    }

    @Test func whoCannotBeAskedIsUnknown() throws {
      let both =
        "{at: 1s, fault: kill, target: {node: eye}, component: watcher, for: 5s}\n  - "
        + Self.kill
      let (ended, result) = try PlantedProject(
        "watched", workload: PlantedFaults.pages, method: both,
        invariants: [
          "alerted: {name: noticed, alert: StoreDown, fault: 2, within: 2s, resolved: 3s, gap: 1s}",
          Self.some,
        ], settle: "{for: 4s, within: 12s}"
      ).run()
      #expect(ended.code == 6, "\(ended)")
      #expect(result.invariant("noticed")?.verdict == "unknown", "\(ended)")
    }
  }
}
