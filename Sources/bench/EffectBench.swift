import Basics
import CLinux
import Fabric
import Glibc
import Links
import Linux
import Nodes
import Synchronization

/// How long it takes from asking for a fault until it is felt by those it is about.
enum EffectBench {
  private static let trials = 200

  static func run() {
    if let testbed = Testbed.make() {
      wire(testbed)
      testbed.end()
    }
    do { try kills() } catch { print("  kills: not measured: \(error)") }
  }

  /// A datagram some fifty microseconds after the other, each with the moment it was sent in it. Of those that
  /// arrive although a cut was asked for before, the last says how long the cut took.
  private static func wire(_ testbed: Testbed) {
    let listening = testbed.target.run { Ready(Datagrams(at: 9102, patience: 0.5)) }
    let box = Shared()
    let receiving = testbed.target.start {
      while let (sent, _) = listening.socket.receive() { box.arrivals.withLock { $0.append(sent) } }
    }
    let sending = testbed.source.start {
      _ = cl_thread_sharpen_timers()
      let sender = Datagrams(to: Testbed.fabricHost, port: 9102)
      while !box.isOver.load(ordering: .relaxed) {
        sender.send(MonotonicClock.nanoseconds)
        usleep(50)
      }
    }
    usleep(100_000)
    var cuts: [(asked: Int64, lifted: Int64)] = []
    for _ in 0..<trials {
      let asked = MonotonicClock.nanoseconds
      testbed.fabric.impair("bench", Testbed.path, .cut)
      usleep(5000)
      let lifted = MonotonicClock.nanoseconds
      testbed.fabric.lift("bench")
      cuts.append((asked, lifted))
      usleep(5000)
    }
    box.isOver.store(true, ordering: .relaxed)
    sending.wait()
    receiving.wait()
    let sent = box.arrivals.withLock { $0 }
    let effects = cuts.map { cut in
      Double((sent.filter { cut.asked < $0 && $0 < cut.lifted }.max() ?? cut.asked) - cut.asked)
    }
    let heals = cuts.compactMap { cut in
      sent.first { $0 >= cut.lifted }.map { Double($0 - cut.lifted) }
    }
    report("a cut, from asking to the last that got through", effects, aim: "<= 1000 us")
    report("its heal, from asking to the first that got through", heals, aim: "<= 1000 us")
  }

  private static func report(_ name: String, _ times: [Double], aim: String) {
    Row.print(
      "effect: \(name), p99", Row.micros(Row.percentile(0.99, of: times)),
      "p50 \(Row.micros(Row.median(times)))", aim: aim)
  }

  private final class Shared: Sendable {
    let isOver = Atomic(false)
    let arrivals = Mutex<[Int64]>([])
  }

  /// From asking for the kill of a component until the socket that only its processes hold is closed.
  private static func kills() throws {
    guard geteuid() == 0 else { return print("  kills: skipped, needs root") }
    let folder = "/tmp/faultline-bench-\(getpid())"
    try Files.makeFolder(folder)
    try Namespaces.unshare([.mounts])
    try Mounts.makePrivate()
    try Mounts.mount("tmpfs", at: folder, options: "mode=755")
    let space = try RunSpace(unisolatedIn: folder)
    let node = try Node(NodeSpec("victim"), in: space)
    let supervisor = Supervisor { _ in }
    let instance = InstanceID(node: node.name, component: "server")
    var times: [Double] = []
    for _ in 0..<trials / 2 {
      var pipe: [Int32] = [0, 0]
      let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
      try Errno.retrying("make a pair of sockets") { socketpair(AF_UNIX, kind, 0, &pipe) }
      let command = Command(
        "/bin/sh", ["-c", "sleep 60 & echo; exec sleep 60"], output: .descriptor(pipe[1]))
      try supervisor.start("server", on: node, command)
      close(pipe[1])
      var byte: UInt8 = 0
      guard read(pipe[0], &byte, 1) == 1 else { throw Errno.last("read from a server") }
      let closed = Latch<Int64>()
      let end = pipe[0]
      startThread {
        var byte: UInt8 = 0
        _ = read(end, &byte, 1)
        closed.set(MonotonicClock.nanoseconds)
        close(end)
      }
      let asked = MonotonicClock.nanoseconds
      _ = try supervisor.kill(instance)
      times.append(Double(closed.wait() - asked))
    }
    try space.close()
    try Mounts.unmount(folder)
    try Files.removeTree(folder)
    report("a kill, from asking until no process holds anything", times, aim: "<= 5000 us")
  }
}
