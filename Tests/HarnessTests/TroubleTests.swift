import Basics
import Histories
import Linux
import Checking
import Reports
import Testing

@testable import Harness

@Suite struct JournalTests {
  @Test func noLineOfTheJournalSaysASecret() throws {
    let scratch = try Scratch()
    let folder = try RunFolder.make(
      in: scratch.path, stack: "s", experiment: "x", clock: RunClock(), seed: 1)
    let journal = try FaultJournal(in: folder, hiding: Secrets(["correct \"horse\""]))
    let mark = FaultMark(
      id: 1, name: "promote", summary: "promote db", targets: ["db"], injected: .start)
    let change = FaultChange(.failed, mark, note: "psql said: correct \"horse\" is wrong")
    try journal.write(change, at: .start)
    let text: String = try Files.read(folder.path + "/journal.jsonl")
    #expect(text.contains("psql said: ••• is wrong") && !text.contains("horse"), "\(text)")
  }
}

/// Which exit code each trouble has, and what is said of it.
@Suite struct TroubleTests {
  static let troubles: [(HarnessError, ExitCode, String)] = [
    (.noUser("postgres", "db/x"), .capability, "runs as user postgres"),
    (
      .neverReady(
        instance: "web/page", reason: "refused", within: .seconds(1), log: "l", tail: ["no key"]),
      .harness, "web/page was not ready within 1s: refused; its log is l:\n    no key"
    ),
    (
      .noSteadyState(holds: .seconds(2), within: .seconds(20), ["orders: 0 good"]), .steadyState,
      "no 2s without an error within 20s, so nothing was broken:\n    orders: 0 good"
    ),
    (.cannotWrite("disk full"), .harness, "the run's folder takes no more: disk full"),
    (.interrupted, .interrupted, "interrupted"),
  ]

  @Test(arguments: troubles.indices) func eachHasItsExitCode(index: Int) {
    let (error, code, sentence) = Self.troubles[index]
    var record = RunRecord(
      experiment: .init(name: "x", file: "x", title: "X", description: ""), stack: "s", seed: 1,
      command: "", history: .empty)
    record.fail(error)
    #expect(record.exit == code)
    #expect(record.trouble?.contains(sentence) == true, "\(record.trouble ?? "")")
    #expect(record.verdict == .unknown)
  }

  @Test func aVerdictIsItsOwnExitCode() {
    #expect(ExitCode(.valid) == .valid)
    #expect(ExitCode(.unknown) == .unknown)
    #expect(ExitCode(.invalid) == .invalid)
  }
}

@Suite struct ProgressLineTests {
  @Test func itSaysPhaseOwnersAndFaults() {
    var state = RunState.Snapshot()
    state.phase = .method
    state.owners = ["vip": ["lb-b", "lb-a"], "other": []]
    state.faults = [2: "kill x", 1: "partition"]
    let line = ProgressLine(
      state, elapsed: Instant(nanoseconds: 8100 * 1_000_000), traffic: nil, since: .start,
      counts: .init())
    #expect(
      line.text
        == "8.1 s     method     other: nobody  vip: lb-a AND lb-b  ⚡ partition  ⚡ kill x")
  }
}
