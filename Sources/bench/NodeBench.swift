import Basics
import Glibc
import Linux
import Nodes

/// What nodes cost: making and removing them beside `ip netns`, and starting a program in one
/// beside a plain `posix_spawn`. Rounds are interleaved, so that both meet the same weather.
enum NodeBench {
  static func run() {
    guard geteuid() == 0 else { return print("nodes: skipped, needs root") }
    do {
      let folder = "/tmp/faultline-bench-\(getpid())"
      try Files.makeFolder(folder)
      // In memory, as in a run, and seen by nobody else.
      try Namespaces.unshare([.mounts])
      try Mounts.makePrivate()
      try Mounts.mount("tmpfs", at: folder, options: "mode=755")
      let space = try RunSpace(unisolatedIn: folder)
      try makeAndRemove(space)
      try spawn(space)
      try space.close()
      try Mounts.unmount(folder)
      try Files.removeTree(folder)
    } catch { print("nodes: failed: \(error)") }
  }

  private static func makeAndRemove(_ space: RunSpace) throws {
    let count = 20
    var made: [Double] = []
    var removed: [Double] = []
    var byTool: [Double] = []
    for round in 0..<5 {
      var nodes: [Node] = []
      made.append(
        try timed {
          for number in 0..<count {
            nodes.append(try Node(NodeSpec(name(round, number)), in: space))
          }
        })
      removed.append(timed { nodes.removeAll() })
      byTool.append(try timed { try toolRound(count) })
    }
    print("nodes: \(count) made in \(ms(made)) ms, let go in \(ms(removed)) ms (aim: 50 each)")
    print("nodes: as many by `ip netns add` and `del`: \(ms(byTool)) ms,", terminator: " ")
    print("ratio \(ratio(least(made) + least(removed), least(byTool)))")
  }

  /// A run never makes two nodes of one name.
  private static func name(_ round: Int, _ number: Int) -> NodeID {
    NodeID("bench-\(round)-\(number)")
  }

  /// The same by the usual tool; the names are this process's own and removed at once.
  private static func toolRound(_ count: Int) throws {
    for verb in ["add", "del"] {
      for number in 0..<count {
        let arguments = ["netns", verb, "faultline-bench-\(getpid())-\(number)"]
        try wait(posixSpawn("/usr/sbin/ip", arguments))
      }
    }
  }

  private static func spawn(_ space: RunSpace) throws {
    // As the process is that starts the servers of a run.
    try Linux.Thread.boundCapabilities(to: .inside)
    let node = try Node(NodeSpec("spawner"), in: space)
    // What a runner in the middle of a run weighs.
    let ballast = [UInt8](repeating: 1, count: 200 << 20)
    var plain = Pair()
    var inNode = Pair()
    var probe = Pair()
    let command = Command("/bin/true")
    for _ in 0..<300 {
      try plain.measure(start: { try posixSpawn("/bin/true", []) }, end: { try wait($0) })
      try inNode.measure(
        start: { try node.start(command) }, end: { _ = $0.wait() }, after: { try $0.end() })
      try probe.measure(start: {}, end: { _ = try node.run(command, timeout: .seconds(5)) })
    }
    report("until /bin/true executes", plain.start, inNode.start)
    report("until it has ended", plain.end, inNode.end)
    report("with its output", plain.end, probe.end)
    print("spawn: the parent holds \(ballast.count >> 20) MiB")
  }

  /// The least of all rounds shows the cost. On a busy machine the middle also holds a wait that
  /// is not ours to spare: a program in a session of its own is scheduled in a group of its own
  /// (sched(7), autogroup) and queues behind the others.
  private static func report(_ what: String, _ plain: [Double], _ ours: [Double]) {
    print("spawn: \(what): posix_spawn \(us(plain)) µs, in a node \(us(ours)) µs;", terminator: " ")
    print("ratio of the least \(ratio(least(ours), least(plain))) (aim: 1.2),", terminator: " ")
    print("of the middle \(ratio(middle(ours), middle(plain)))")
  }

  /// Seconds until a start returned, and until what it started had ended.
  private struct Pair {
    var start: [Double] = []
    var end: [Double] = []

    mutating func measure<Started>(
      start: () throws -> Started, end: (Started) throws -> Void,
      after: (Started) throws -> Void = { _ in }
    ) throws {
      let begin = MonotonicClock.nanoseconds
      let started = try start()
      self.start.append(Double(MonotonicClock.nanoseconds - begin) / 1e9)
      try end(started)
      self.end.append(Double(MonotonicClock.nanoseconds - begin) / 1e9)
      try after(started)
    }
  }

  private static func posixSpawn(_ path: String, _ arguments: [String]) throws -> pid_t {
    var list = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for text in list { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, nil, nil, &list, environ)
    if code != 0 { throw Errno(code, "spawn \(path)") }
    return pid
  }

  private static func wait(_ pid: pid_t) throws {
    var status: Int32 = 0
    try Errno.retrying("wait for a child") { waitpid(pid, &status, 0) }
  }

  /// Seconds.
  private static func timed(_ body: () throws -> Void) rethrows -> Double {
    let start = MonotonicClock.nanoseconds
    try body()
    return Double(MonotonicClock.nanoseconds - start) / 1e9
  }

  private static func least(_ times: [Double]) -> Double { times.min() ?? 0 }
  private static func middle(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
  private static func ms(_ times: [Double]) -> String {
    Decimal.trimmed(least(times) * 1e3, decimals: 1)
  }
  private static func us(_ times: [Double]) -> String {
    Decimal.trimmed(middle(times) * 1e6, decimals: 0)
  }
  private static func ratio(_ a: Double, _ b: Double) -> String {
    Decimal.trimmed(a / b, decimals: 2)
  }
}
