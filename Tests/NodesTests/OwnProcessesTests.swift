import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

/// A node is a machine of its own to everything that looks for processes.
@Suite(needsRoot) struct OwnProcessesTests {
  private let supervisor = Supervisor { _ in }
  private let sleeper = Command("sleep", ["979"])

  /// Two nodes that each run a server of the same name.
  private func twins(_ test: TestSpace) throws -> (Node, Node) {
    let (one, other) = (try test.node("one"), try test.node("other"))
    for node in [one, other] { try supervisor.start("server", on: node, sleeper) }
    return (one, other)
  }

  private func isRunning(on node: Node) -> Bool {
    let state = supervisor.state(InstanceID(node: node.name, component: "server"))
    guard case .running = state else { return false }
    return true
  }

  @Test func aSearchByNameFindsOnlyTheNodesOwn() throws {
    let test = try TestSpace()
    let (one, other) = try twins(test)
    for node in [one, other] { #expect(try node.shell("pgrep -c -x sleep").text == "1\n") }
    let hasTool = try one.shell("command -v killall").isSuccess
    let search = hasTool ? "killall -0 sleep" : "pkill -0 -x sleep"
    #expect(try one.shell(search).isSuccess)
    _ = try supervisor.kill(InstanceID(node: "one", component: "server"))
    #expect(try !one.shell(search).isSuccess, "the other node's process was found")
    #expect(try other.shell(search).isSuccess)
  }

  @Test func aListShowsNothingOfTheRunner() throws {
    let test = try TestSpace()
    let node = try test.node()
    let script = "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $f; echo; done; echo $$"
    let lines = try node.shell(script).text.split(separator: "\n")
    let named = lines.map { $0.split(separator: " ").first.map(String.init) ?? "" }
    #expect(named.first == "init" && named.contains("/bin/sh"))
    #expect(!lines.contains { $0.contains("xctest") || $0.contains("--filter") }, "\(lines)")
    #expect(try node.shell("cat /proc/1/comm").text == "init\n")
    #expect(try node.shell("tr -d '\\0' < /proc/1/environ").text == "")
  }

  @Test(arguments: ["pkill -x sleep", "kill -9 -1"])
  func killingByNameOrAllStaysInTheNode(_ script: String) throws {
    let test = try TestSpace()
    let (one, other) = try twins(test)
    _ = try one.shell("\(script); true")
    #expect(eventually { !isRunning(on: one) })
    #expect(isRunning(on: other))
    #expect(try one.shell("echo alive").text == "alive\n")
    #expect(one.loss == nil)
  }

  @Test func theFirstProcessCannotBeKilledFromInside() throws {
    let test = try TestSpace()
    let node = try test.node()
    _ = try node.shell("kill -9 1; kill -15 1; kill -1 1; kill -19 1")
    #expect(try node.shell("cat /proc/1/comm").text == "init\n")
  }

  @Test func orphansFallToItAndLeaveNoZombie() throws {
    let test = try TestSpace()
    let node = try test.node()
    let script = """
      (setsid sh -c 'sh -c "exit 3" & exec sleep 979' &)
      until pgrep -x sleep > /dev/null; do :; done
      ps -o ppid= -C sleep; pkill -x sleep
      while pgrep -x sleep > /dev/null; do :; done
      ps -o stat= -e | grep -c Z
      """
    #expect(
      try node.shell(script).text.split(separator: "\n").map { $0.filter { $0 != " " } }
        == ["1", "0"])
  }

  @Test func manyStartsAtOnceAreBornWhereTheyBelong() throws {
    let test = try TestSpace()
    let nodes = try (0..<3).map { try test.node(NodeID("n\($0)")) }
    let seen = Events<String>()
    let threads = try (0..<6).map { worker in
      try Linux.Thread(named: "worker") {
        for _ in 0..<10 {
          let done = try? nodes[worker % 3].shell("readlink /proc/self/ns/pid")
          seen.add("\(worker % 3) \(done?.text ?? "failed")")
          // A thread whose children were born elsewhere could not start one.
          (try? Linux.Thread(named: "after") {})?.join()
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(Set(seen.all).count == 3, "\(Set(seen.all))")
  }

  @Test func whatAPowerCutTakesAndWhatItLeaves() throws {
    let test = try TestSpace()
    let (one, other) = try twins(test)
    for node in [one, other] { #expect(try node.shell("ipcmk -M 100 && ipcmk -Q").isSuccess) }
    let count = "ipcs -m -q | grep -c ^0x"
    #expect(try one.shell(count).text == "2\n")
    _ = try supervisor.killAll(on: one)
    #expect(try one.shell(count).text == "0\n")
    #expect(try other.shell(count).text == "2\n")
    #expect(one.loss == nil && isRunning(on: other))
    try supervisor.start("server", on: one, sleeper)
    #expect(isRunning(on: one))
  }

  @Test func theEndOfTheFirstProcessIsTheEndOfTheNodeAndIsSaid() throws {
    let test = try TestSpace()
    let losses = Events<NodeID>()
    test.space.onNodeLoss { node, _ in losses.add(node) }
    let (one, other) = try twins(test)
    try one.ground.first.child.send(SIGKILL)
    #expect(eventually { losses.all == ["one"] && !isRunning(on: one) })
    #expect(one.loss?.cause == .signal(SIGKILL))
    let error = #expect(throws: NodesError.self) { _ = try one.shell("true") }
    #expect(error?.description.hasPrefix("node one is lost: its first process killed") == true)
    #expect(throws: NodesError.self) { try supervisor.start("server", on: one, sleeper) }
    #expect(isRunning(on: other))
  }

  /// Nothing but the last reference to the node ends it: what is in it is killed by the kernel.
  @Test func aNodeThatIsLetGoTakesItsProcessesAlong() throws {
    let test = try TestSpace()
    let leftovers = test.folder + "/pid"
    do {
      let node = try test.node { $0.shares = [test.folder] }
      let tool = try node.start(sleeper)
      try Files.write("\(tool.pid)", to: leftovers)
    }
    let pid = try #require(Int32(try Files.read(leftovers)))
    #expect(eventually { !Machine.isThere(pid) })
  }

  /// A zombie would hold up whoever else in this process waits for any child.
  @Test(arguments: [true, false]) func noFirstProcessStaysBehindItsNode(usesCgroups: Bool) throws {
    var first: Int32 = 0
    do {
      let test = try TestSpace(usesCgroups: usesCgroups)
      let node = try test.node()
      first = node.ground.first.child.pid
      try Supervisor { _ in }.start("server", on: node, sleeper)
    }
    #expect(eventually { ProcessStat(first) == nil }, "\(first)")
  }
}
