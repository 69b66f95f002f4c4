import Basics
import Glibc
import Linux
import Nodes

/// A program for the tests of isolation: it isolates itself and plays one scene inside.
@main struct NodesProbe {
  static func main() {
    do { exit(try Isolation.run(Scene.play)) } catch {
      print("refused: \(error)")
      exit(7)
    }
  }
}

enum Scene {
  static func play(_ space: RunSpace) -> Int32 {
    let arguments = CommandLine.arguments
    do {
      switch arguments.dropFirst().first {
      case "look": try look(space)
      case "shell": return try shell(space, arguments[2])
      case "code": return Int32(arguments[2]) ?? 2
      case "crowd": return try crowd(space)
      case "count-interrupts": countInterrupts(space)
      case "hold": try hold(space)
      case "stall": try stall()
      default: print("no such scene")
      }
      return 0
    } catch {
      print("failed: \(error)")
      return 3
    }
  }

  private static func look(_ space: RunSpace) throws {
    print("pid \(getpid())")
    print("links \(try Netlink().links().map(\.name))")
    print("net \(try Files.link("/proc/self/ns/net"))")
    print("mnt \(try Files.link("/proc/self/ns/mnt"))")
    print("run \(try Files.list("/run"))")
    print("processes \(try Files.list("/proc").compactMap { Int32($0) })")
    print("limits \(space.limits)")
    try Files.write("secret", to: "/run/faultline/marker")
  }

  private static func shell(_ space: RunSpace, _ script: String) throws -> Int32 {
    let node = try Node(NodeSpec("probe"), in: space)
    let done = try node.run(Command("/bin/sh", ["-c", script]), timeout: .seconds(20))
    print(done.text, terminator: "")
    return done.exit.code
  }

  /// Many commands at once, each leaving an orphan: counts wrong statuses, then what is left.
  private static func crowd(_ space: RunSpace) throws -> Int32 {
    let nodes = try (0..<3).map { try Node(NodeSpec(NodeID("n\($0)")), in: space) }
    let threads = try (0..<6).map { worker in
      try Linux.Thread(named: "worker \(worker)") {
        for round in 0..<30 {
          let script = "(setsid sh -c 'sleep 0.01' &) ; (exit 3 &) ; exit \(round)"
          let command = Command("/bin/sh", ["-c", script])
          let done = try? nodes[worker % 3].run(command, timeout: .seconds(20))
          if done?.exit.code != Int32(round) { print("wrong: \(String(describing: done))") }
        }
      }
    }
    for thread in threads { thread.join() }
    let deadline = MonotonicClock.nanoseconds + 10_000_000_000
    var left = try others()
    while !left.isEmpty && MonotonicClock.nanoseconds < deadline {
      MonotonicClock.sleep(nanoseconds: 1_000_000)
      left = try others()
    }
    print("left \(left)")
    return 0
  }

  /// Every process but this one, zombies included.
  private static func others() throws -> [Int32] {
    try Files.list("/proc").compactMap { Int32($0) }.filter { $0 != getpid() }
  }

  private static func countInterrupts(_ space: RunSpace) {
    let enough = Latch<Int32>()
    space.onInterrupt { signal, count in
      print("signal \(signal) count \(count)")
      fflush(nil)
      if count == 2 { enough.set(signal) }
    }
    print("ready")
    fflush(nil)
    exit(128 + enough.wait())
  }

  /// Says of the first stall of more than 300 ms how long it was.
  private static func stall() throws {
    let first = Latch<Stall>()
    let meter = try StallMeter(threshold: .milliseconds(300), clock: RunClock()) { first.set($0) }
    print("ready")
    fflush(nil)
    print("stall \(first.wait().length.nanoseconds)\nover")
    meter.end()
  }

  /// Gives a busy component a quota, and takes what can be taken of the node.
  private static func squeeze(_ supervisor: Supervisor, _ node: Node) throws {
    let busy = Command("/bin/sh", ["-c", "while :; do :; done"])
    try supervisor.start("busy", on: node, busy)
    let instance = InstanceID(node: node.name, component: "busy")
    let throttle = try Throttle(instance, to: Ratio(0.05), by: supervisor)
    while try throttle.use().exhausted < 3 { MonotonicClock.sleep(nanoseconds: 1_000_000) }
    grips = [throttle, try UsedUpPorts(on: node), try FullDescriptors(instance, by: supervisor)]
  }

  /// Kept until the end of the process.
  nonisolated(unsafe) private static var grips: [AnyObject] = []

  /// Brings up a node with daemons that try to get away, says so, and stays.
  private static func hold(_ space: RunSpace) throws {
    let supervisor = Supervisor { print("exit \($0)") }
    let node = try Node(NodeSpec("held"), in: space)
    let script = "(setsid sh -c 'setsid sleep 987 & exec sleep 987' &) ; exec sleep 987"
    try supervisor.start("sleeper", on: node, Command("/bin/sh", ["-c", script]))
    let instance = InstanceID(node: "held", component: "sleeper")
    while try supervisor.processes(instance).count < 3 {
      MonotonicClock.sleep(nanoseconds: 1_000_000)
    }
    if CommandLine.arguments.contains("paused") { _ = try supervisor.pauseAll(on: node) }
    if CommandLine.arguments.contains("squeezed") { try squeeze(supervisor, node) }
    print("net \(try Files.link("/proc/self/ns/net"))")
    print("ready")
    fflush(nil)
    MonotonicClock.sleep(nanoseconds: 60_000_000_000)
  }
}
