import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

@Suite(needsRoot, .serialized) struct IsolationTests {
  @Test func insideIsFirstAndAlone() throws {
    let (code, text) = try Probe("look").finish()
    #expect(code == 0)
    #expect(text.contains("pid 1\n"))
    #expect(text.contains("links [\"lo\"]"))
    #expect(text.contains("processes [1]"))
    #expect(!text.contains("net \(try Files.link("/proc/self/ns/net"))"))
    #expect(!Files.exists("/run/faultline/marker"), "a mount of the run is seen outside")
  }

  @Test(arguments: [0, 1, 7, 255]) func exitCodesPass(_ code: Int32) throws {
    #expect(try Probe("code", String(code)).finish().code == code)
  }

  @Test func noStatusIsLostAndNoOrphanStays() throws {
    let (code, text) = try Probe("crowd").finish()
    #expect(code == 0 && text == "left []\n", "\(text)")
  }

  @Test func endBySignalIs128Plus() throws {
    let probe = try Probe("hold")
    _ = try probe.read(until: "ready")
    let inner = try #require(probe.inner)
    kill(inner, SIGKILL)
    #expect(probe.child.ended.wait().cause == .code(128 + SIGKILL))
    #expect(nothingIsLeft(of: probe, network: nil))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func eachSignalArrivesOnce(_ signal: Int32) throws {
    let probe = try Probe("count-interrupts")
    _ = try probe.read(until: "ready")
    kill(probe.child.pid, signal)
    _ = try probe.read(until: "count 1\n")
    kill(probe.child.pid, signal)
    let (code, text) = try probe.finish()
    #expect(text == "signal \(signal) count 2\n")
    #expect(code == 128 + signal)
  }

  /// A terminal sends Ctrl-C to every process of its foreground group, the inner one included.
  @Test func ctrlCOfTheWholeGroupCountsOnce() throws {
    let probe = try Probe("count-interrupts")
    _ = try probe.read(until: "ready")
    kill(-probe.child.pid, SIGINT)
    _ = try probe.read(until: "count 1\n")
    kill(-probe.child.pid, SIGINT)
    #expect(try probe.finish().text == "signal 2 count 2\n")
  }

  enum Victim: String, CaseIterable, Sendable { case outer, inner, janitor }

  @Test(arguments: Victim.allCases, ["running", "paused", "squeezed"])
  func killOfOneLeavesNothing(_ victim: Victim, state: String) throws {
    let probe = try Probe("hold", state)
    let network = networkName(try probe.read(until: "ready"))
    let inner = try #require(probe.inner)
    let janitor = try #require(probe.janitor)
    #expect(!Machine.pids(inNetwork: network).isEmpty)
    switch victim {
    case .outer: kill(probe.child.pid, SIGKILL)
    case .inner: kill(inner, SIGKILL)
    case .janitor:
      kill(janitor, SIGKILL)
      kill(probe.child.pid, SIGTERM)
    }
    _ = probe.child.ended.wait()
    #expect(nothingIsLeft(of: probe, network: network))
    #expect(eventually { !Machine.isThere(inner) && !Machine.isThere(janitor) })
  }

  @Test func nextRunSweepsWhatNobodyCould() throws {
    let probe = try Probe("hold")
    let network = networkName(try probe.read(until: "ready"))
    kill(try #require(probe.janitor), SIGKILL)
    kill(probe.child.pid, SIGKILL)
    #expect(eventually { Machine.pids(inNetwork: network).isEmpty })
    #expect(Machine.cgroups(of: probe.child.pid).count == 1)
    _ = try Probe("code", "0").finish()
    #expect(Machine.cgroups(of: probe.child.pid).isEmpty)
  }

  @Test func twoRunsSideBySideDoNotTouchEachOther() throws {
    let first = try Probe("hold")
    let network = networkName(try first.read(until: "ready"))
    let before = Machine.pids(inNetwork: network).count
    let second = try Probe("hold")
    let other = networkName(try second.read(until: "ready"))
    #expect(network != other)
    kill(second.child.pid, SIGKILL)
    #expect(nothingIsLeft(of: second, network: other))
    #expect(try Probe("code", "0").finish().code == 0)
    #expect(Machine.pids(inNetwork: network).count == before)
    #expect(Machine.cgroups(of: first.child.pid).count == 1)
    kill(first.child.pid, SIGTERM)
    #expect(nothingIsLeft(of: first, network: network))
  }

  @Test func killAtAnyMomentLeavesNothing() throws {
    let seed = UInt64(MonotonicClock.nanoseconds)
    print("seed \(seed)")
    var chance = Chance(seed: seed)
    for _ in 0..<15 {
      let probe = try Probe("hold")
      MonotonicClock.sleep(nanoseconds: .random(in: 0..<40_000_000, using: &chance))
      kill(probe.child.pid, SIGKILL)
      _ = probe.child.ended.wait()
      #expect(nothingIsLeft(of: probe, network: nil), "seed \(seed)")
    }
  }

  private func networkName(_ text: String) -> String {
    let line = text.split(separator: "\n").first { $0.hasPrefix("net ") } ?? "net ?"
    return String(line.dropFirst(4))
  }

  /// The output's end means that no process holds it any more; the rest is looked up.
  private func nothingIsLeft(of probe: Probe, network: String?) -> Bool {
    eventually {
      Machine.cgroups(of: probe.child.pid).isEmpty
        && network.map { Machine.pids(inNetwork: $0).isEmpty } ?? true
        && ((try? probe.output.readAll()) != nil)
    }
  }
}
