import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

@Suite(needsRoot) struct SupervisorTests {
  let exits = Events<ComponentExit>()
  let instance = InstanceID(node: "n", component: "daemon")

  private func supervisor() -> Supervisor {
    let exits = self.exits
    return Supervisor { exits.add($0) }
  }

  /// A daemon whose descendants leave its session and its parent.
  private let forking = Command(
    "/bin/sh", ["-c", "(setsid sh -c 'setsid sleep 984 & exec sleep 984' &); exec sleep 984"])

  private func started(_ supervisor: Supervisor, _ node: Node) throws -> [Int32] {
    try supervisor.start("daemon", on: node, forking)
    #expect(try eventually { try supervisor.processes(instance).count == 3 })
    return try supervisor.processes(instance)
  }

  private func isStopped(_ pid: Int32) -> Bool {
    // A frozen task sleeps in the kernel's own wait; a stopped one is T.
    (try? Files.read("/proc/\(pid)/wchan"))?.contains("freez") ?? false
  }

  @Test func killTakesDaemonsThatForkedAway() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    let pids = try started(supervisor, node)
    let confirmation = try supervisor.kill(instance)
    #expect(confirmation.evidence == "cgroup.events: populated 0")
    // The kernel takes a process out of its cgroup a moment before it becomes a zombie.
    #expect(eventually { pids.allSatisfy { !Machine.isThere($0) } })
    #expect(eventually { exits.all.count == 1 })
    #expect(exits.all[0].wasOrdered && exits.all[0].exit.cause == .signal(SIGKILL))
    #expect(supervisor.state(instance) == .stopped(exits.all[0].exit))
  }

  @Test func killOfTheMainProcessSparesTheOthers() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    _ = try started(supervisor, node)
    _ = try supervisor.killMain(instance)
    #expect(try eventually { try supervisor.processes(instance).count == 2 })
    try supervisor.start("daemon", on: node, Command("sleep", ["984"]))
    #expect(try supervisor.processes(instance).count == 1, "an earlier start left processes")
  }

  @Test func pauseIsTheFreezersWord() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    let pids = try started(supervisor, node)
    #expect(try supervisor.pause(instance).evidence == "cgroup.events: frozen 1")
    #expect(supervisor.state(instance) == .paused(pid: pids[0]))
    #expect(try supervisor.resume(instance).evidence == "cgroup.events: frozen 0")
    #expect(supervisor.state(instance) == .running(pid: pids[0]))
  }

  @Test func aPausedNodeCanBeLookedAtAndKilledButNotStartedOn() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    let pids = try started(supervisor, node)
    _ = try supervisor.pauseAll(on: node)
    #expect(try node.shell("echo here").text == "here\n")
    #expect(throws: NodesError.self) {
      try supervisor.start("other", on: node, Command("sleep", ["984"]))
    }
    _ = try supervisor.killAll(on: node)
    // The kernel takes a process out of its cgroup a moment before it becomes a zombie.
    #expect(eventually { pids.allSatisfy { !Machine.isThere($0) } })
    try supervisor.start("daemon", on: node, Command("sleep", ["984"]))
  }

  @Test func aPausedComponentThatWasKilledStartsAgain() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    _ = try started(supervisor, node)
    _ = try supervisor.pause(instance)
    _ = try supervisor.kill(instance)
    let pid = try supervisor.start("daemon", on: node, Command("sleep", ["984"]))
    #expect(supervisor.state(instance) == .running(pid: pid))
  }

  @Test func anEndThatNobodyOrderedIsToldWithItsTime() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    let before = MonotonicClock.nanoseconds
    try supervisor.start("daemon", on: node, Command("/bin/sh", ["-c", "exit 9"]))
    #expect(eventually { exits.all.count == 1 })
    let exit = try #require(exits.all.first)
    #expect(!exit.wasOrdered && exit.exit.cause == .code(9) && exit.exit.at > before)
    #expect(supervisor.state(instance) == .died(exit.exit))
  }

  @Test func aRestartAtOnceDoesNotHideThatTheEndWasOrdered() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    for _ in 0..<20 {
      try supervisor.start("daemon", on: node, Command("sleep", ["984"]))
      _ = try supervisor.kill(instance)
    }
    #expect(eventually { exits.all.count == 20 })
    #expect(exits.all.allSatisfy { $0.wasOrdered })
  }

  @Test func stopIsGracefulAndKillsWhatIsNot() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    let log = test.folder + "/log"
    let polite = "trap 'exit 4' TERM; echo ready; while :; do sleep 0.01; done"
    try supervisor.start("daemon", on: node, Command("/bin/sh", ["-c", polite]).logging(to: log))
    #expect(try eventually { try Files.read(log).contains("ready") })
    #expect(try supervisor.stop(instance, grace: plenty).cause == .code(4))
    let deaf = "trap '' TERM; echo deaf; while :; do sleep 0.01; done"
    try supervisor.start("daemon", on: node, Command("/bin/sh", ["-c", deaf]).logging(to: log))
    #expect(try eventually { try Files.read(log).contains("deaf") })
    #expect(try supervisor.stop(instance, grace: .milliseconds(50)).cause == .signal(SIGKILL))
    #expect(exits.all.allSatisfy { $0.wasOrdered })
  }

  @Test func startingTwiceIsRefused() throws {
    let test = try TestSpace()
    let (supervisor, node) = (supervisor(), try test.node())
    try supervisor.start("daemon", on: node, Command("sleep", ["984"]))
    #expect(throws: NodesError.self) {
      try supervisor.start("daemon", on: node, Command("sleep", ["984"]))
    }
  }
}
