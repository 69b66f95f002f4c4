import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

/// A run that was stopped must not take what it missed for what the stack did.
@Suite(needsRoot) struct StallTests {
  @Test func aStoppedProcessKnowsForHowLong() throws {
    let probe = try Probe("stall")
    _ = try probe.read(until: "ready")
    let inner = try #require(probe.inner)
    kill(inner, SIGSTOP)
    #expect(eventually { ProcessStat(inner)?.state == "T" })
    let begin = MonotonicClock.nanoseconds
    MonotonicClock.sleep(nanoseconds: 400_000_000)
    let stopped = MonotonicClock.nanoseconds - begin
    kill(inner, SIGCONT)
    let text = try probe.read(until: "over")
    let line = text.split(separator: "\n").first { $0.hasPrefix("stall ") }
    let length = try #require(line.flatMap { Int64($0.dropFirst("stall ".count)) })
    // It began at the first beat that was missed, at most a period after the stop.
    #expect(length >= stopped - StallMeter.period.nanoseconds, "\(text)")
    #expect(try probe.finish().code == 0)
  }
}
