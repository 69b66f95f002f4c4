import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

/// Squeezes of real processes in nodes; what is looked at here is none of the squeezes' own figures.
@Suite(needsRoot, .serialized) struct ResourceTests {
  private let supervisor = Supervisor { _ in }
  private let instance = InstanceID(node: "n", component: "server")
  private let python = "/usr/bin/python3"
  static let hasPython = ConditionTrait.enabled(
    if: Files.exists("/usr/bin/python3"), "needs python3")

  private func start(_ script: String, on node: Node) throws {
    try supervisor.start("server", on: node, Command("/bin/sh", ["-c", script]))
  }

  private func ticks() throws -> Int64 {
    try supervisor.processes(instance).reduce(0) { $0 + (ProcessStat($1)?.ticks ?? 0) }
  }

  /// The share of a processor that the component has over so long, by `/proc/PID/stat`.
  private func share(over length: Int64 = 1_500_000_000) throws -> Double {
    let (begin, before) = (MonotonicClock.nanoseconds, try ticks())
    MonotonicClock.sleep(nanoseconds: length)
    let spent = Double(try ticks() - before) / Double(sysconf(Int32(_SC_CLK_TCK)))
    return spent * 1e9 / Double(MonotonicClock.nanoseconds - begin)
  }

  private static let busy = "while :; do :; done & while :; do :; done"

  /// Two busy processes would have a processor and more between them; noise only makes it less.
  @Test(arguments: [true, false]) func aQuotaHoldsForAllProcessesTogether(usesCgroups: Bool) throws
  {
    let test = try TestSpace(usesCgroups: usesCgroups)
    let node = try test.node()
    try start(Self.busy, on: node)
    #expect(try eventually { try ticks() > 20 })
    let throttle = try Throttle(instance, to: Ratio(0.1), by: supervisor)
    #expect(try eventually { try throttle.use().exhausted >= 5 })
    #expect(try share() < 0.16)
    let use = try throttle.use()
    #expect(use.used.seconds < use.window.seconds * 0.11 + 0.1 && use.processes == 2)
    try throttle.end()
    let after = try ticks()
    #expect(try eventually { try ticks() > after + 50 }, "it does not run again")
    try throttle.end()
    _ = try supervisor.kill(instance)
  }

  @Test(arguments: [true, false]) func whoSleepsUsesUpNothing(usesCgroups: Bool) throws {
    let test = try TestSpace(usesCgroups: usesCgroups)
    try start("exec sleep 977", on: test.node())
    let throttle = try Throttle(instance, to: Ratio(0.2), by: supervisor)
    MonotonicClock.sleep(nanoseconds: 500_000_000)
    #expect(try throttle.use().exhausted == 0)
    try throttle.end()
    _ = try supervisor.kill(instance)
  }

  @Test(arguments: [true, false]) func aQuotaThawsNothingThatIsPaused(usesCgroups: Bool) throws {
    let test = try TestSpace(usesCgroups: usesCgroups)
    let node = try test.node()
    try start(Self.busy, on: node)
    let throttle = try Throttle(instance, to: Ratio(0.05), by: supervisor)
    #expect(try eventually { try throttle.use().exhausted >= 2 })
    _ = try supervisor.pause(instance)
    let paused = try ticks()
    MonotonicClock.sleep(nanoseconds: 500_000_000)
    // What was counted when it stopped may be shown a tick later.
    #expect(try ticks() <= paused + 2)
    // Ended while it is paused, it leaves that as it is.
    try throttle.end()
    MonotonicClock.sleep(nanoseconds: 200_000_000)
    #expect(try ticks() <= paused + 2)
    _ = try supervisor.resume(instance)
    #expect(try eventually { try ticks() > paused + 20 })
    _ = try supervisor.kill(instance)
  }

  @Test func aQuotaHoldsForTheNextStartToo() throws {
    let test = try TestSpace()
    let node = try test.node()
    try start(Self.busy, on: node)
    let throttle = try Throttle(instance, to: Ratio(0.1), by: supervisor)
    for _ in 0..<3 {
      _ = try supervisor.kill(instance)
      try start(Self.busy, on: node)
    }
    let before = try throttle.use().exhausted
    #expect(try eventually { try throttle.use().exhausted > before + 3 })
    #expect(try share() < 0.16)
    try throttle.end()
    _ = try supervisor.kill(instance)
  }

  /// A small process, and one that takes 5 MB at a time.
  @Test(hasPython, arguments: [true, false])
  func theLargestIsKilledWhenAllHaveTooMuch(usesCgroups: Bool) throws {
    let test = try TestSpace(usesCgroups: usesCgroups)
    let node = try test.node()
    let hog = "x = []\nimport time\nwhile True: x.append(b'x' * 5000000); time.sleep(0.02)"
    try start("sleep 976 & \(python) -c \"\(hog)\" & wait", on: node)
    #expect(try eventually { try supervisor.processes(instance).count == 3 })
    let killer = try MemoryKiller(instance, limitBytes: 100 << 20, by: supervisor)
    #expect(eventually { killer.use.victims.first?.isGone == true })
    let victim = try #require(killer.use.victims.first)
    #expect(victim.process.contains("python3") && victim.usedBytes > 100 << 20)
    killer.end()
    // The shell only waited for it: the others are as they were.
    let left = try supervisor.processes(instance)
    #expect(left.contains { (try? Files.read("/proc/\($0)/comm")) == "sleep\n" })
    #expect(!left.contains { (try? Files.read("/proc/\($0)/comm")) == "python3\n" })
    _ = try supervisor.kill(instance)
  }

  @Test func withinTheLimitNobodyIsKilled() throws {
    let test = try TestSpace()
    try start("sleep 976 & exec sleep 976", on: test.node())
    #expect(try eventually { try supervisor.processes(instance).count == 2 })
    let killer = try MemoryKiller(instance, limitBytes: 100 << 20, by: supervisor)
    #expect(eventually { killer.use.mostBytes > 0 })
    #expect(killer.use.victims.isEmpty)
    killer.end()
    #expect(try supervisor.processes(instance).count == 2)
    _ = try supervisor.kill(instance)
  }

  /// Each process tries again and again to open a file, and says how it went.
  private static let opener = """
    import os, sys, time
    sys.stdout.reconfigure(line_buffering=True)
    os.fork()
    while True:
      try:
        os.close(os.open("/dev/null", os.O_RDONLY)); print("opened")
      except OSError as error: print("refused", error.errno)
      if os.path.exists("/tmp/fork"):
        # One of the two is first.
        try: os.mkdir("/tmp/forked"); os.fork()
        except FileExistsError: pass
      time.sleep(0.01)
    """

  private func isFull(_ full: FullDescriptors, _ count: Int) throws -> Bool {
    let use = try full.use()
    return use.count == count && use.allSatisfy(\.wasFull)
  }

  /// By root and by another user, whose limits not every root may set.
  @Test(hasPython, arguments: [(true, "root"), (false, "root"), (true, "nobody")])
  func noProcessCanOpenAnotherFile(usesCgroups: Bool, user: String) throws {
    let test = try TestSpace(usesCgroups: usesCgroups)
    let node = try test.node()
    let log = test.folder + "/log"
    try supervisor.start(
      "server", on: node, Command(python, ["-c", Self.opener], user: user).logging(to: log))
    #expect(try eventually { try Files.read(log).contains("opened") })
    let usual = try supervisor.processes(instance).map { try ProcessFiles.limit(of: $0) }
    let full = try FullDescriptors(instance, by: supervisor)
    #expect(try eventually { try isFull(full, 2) })
    #expect(try full.use().allSatisfy { $0.limit == $0.intended && $0.limit < 20 })
    try Files.write("", to: log)
    #expect(try eventually { try Files.read(log).contains("refused \(EMFILE)") })
    #expect(try !Files.read(log).split(separator: "\n").dropFirst(4).contains("opened"))
    _ = try node.shell("touch /tmp/fork")
    #expect(try eventually { try isFull(full, 3) })
    try full.end()
    let after = try supervisor.processes(instance).map { try ProcessFiles.limit(of: $0) }
    #expect(after == Array(repeating: usual[0], count: 3))
    try Files.write("", to: log)
    #expect(try eventually { try Files.read(log).contains("opened") })
    try full.end()
    _ = try supervisor.kill(instance)
  }

  /// Takes connections and keeps them; twenty may wait.
  private static let listener = """
    import socket
    server = socket.create_server(("127.0.0.1", 7000), backlog=20)
    print("ready", flush=True)
    kept = []
    while True: kept.append(server.accept())
    """

  @Test(hasPython) func connectionsAreHeldAndLetGo() throws {
    let test = try TestSpace()
    let node = try test.node()
    let log = test.folder + "/log"
    try supervisor.start(
      "server", on: node, Command(python, ["-c", Self.listener]).logging(to: log))
    #expect(try eventually { try Files.read(log).contains("ready") })
    let end = SocketTable.End(try #require(IPAddress(text: "127.0.0.1")), 7000)
    let held = try HeldConnections(100, to: end, on: node, from: node)
    #expect(try eventually { try held.established() == 100 })
    // A look of somebody else's, at the server's ends.
    #expect(try node.shell("grep -c ':1B58 .* 01 ' /proc/net/tcp").text == "100\n")
    try held.close()
    #expect(try node.shell("grep -c ':1B58 .* 01 ' /proc/net/tcp").text == "0\n")
    try held.close()
    _ = try supervisor.kill(instance)
  }

  @Test func whereNobodyListensNothingIsHeld() throws {
    let test = try TestSpace()
    let node = try test.node()
    let end = SocketTable.End(try #require(IPAddress(text: "127.0.0.1")), 7001)
    let held = try HeldConnections(10, to: end, on: node, from: node)
    MonotonicClock.sleep(nanoseconds: 100_000_000)
    #expect(try held.established() == 0)
    try held.close()
  }

  @Test(hasPython) func noConnectionFindsALocalPort() throws {
    let test = try TestSpace()
    let node = try test.node()
    let script = """
      import socket
      try: socket.create_connection(("127.0.0.1", 9))
      except OSError as error: print(error.errno)
      """
    let connect = Command(python, ["-c", script])
    #expect(try node.run(connect, timeout: plenty).text == "\(ECONNREFUSED)\n")
    let range = try node.shell("cat /proc/sys/net/ipv4/ip_local_port_range").text
    let ports = try UsedUpPorts(on: node)
    #expect(try ports.isRefused())
    #expect(try node.run(connect, timeout: plenty).text == "\(EADDRNOTAVAIL)\n")
    try ports.end()
    #expect(try node.run(connect, timeout: plenty).text == "\(ECONNREFUSED)\n")
    #expect(try node.shell("cat /proc/sys/net/ipv4/ip_local_port_range").text == range)
    try ports.end()
    #expect(try !ports.isRefused())
  }

  @Test func aNodeStartsMoreProcessesThanItMayHaveAtOnce() throws {
    let test = try TestSpace()
    let node = try test.node { $0.mostProcesses = 301 }
    let script = """
      i=0; while [ $i -lt 700 ]; do /bin/true || exit 1; i=$((i + 1)); done
      i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i + 1)); done
      echo alive
      """
    #expect(try node.shell(script).text == "alive\n")
  }

  @Test(.enabled(if: !Rehearsal.unbounded().contains("processes"), "needs a bound of processes"))
  func noProcessCanBeStarted() throws {
    let test = try TestSpace()
    let node = try test.node { $0.mostProcesses = 400 }
    let other = try test.node("other")
    try start("read x; exec sleep 975", on: node)
    let crowd = try ProcessCrowd(on: node)
    #expect(try eventually { try crowd.isRefused() })
    #expect(try crowd.count() > 50)
    #expect(throws: NodesError.self) { try node.shell("true") }
    #expect(try other.shell("echo alive").text == "alive\n", "another node is full, too")
    try crowd.end()
    #expect(try node.shell("echo alive").text == "alive\n")
    try crowd.end()
  }
}
