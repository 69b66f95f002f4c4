public import Basics
internal import CLinux
internal import Glibc
internal import Linux
internal import Synchronization

/// What one run has of the machine: a folder, a cgroup, and the thread that learns of every
/// process's end.
public final class RunSpace: Sendable {
  /// A folder of the run's own, in memory and gone with it; nodes have theirs below it.
  public let folder: String
  /// The first process of namespaces of its own.
  public let isIsolated: Bool
  /// What does not work as it should on this machine, in sentences for the report. Empty when
  /// all is well.
  public let limits: [String]

  /// What the marks of its processes begin with, where there are no cgroups and others can be seen.
  let mark: String
  let cgroup: Cgroup?
  /// The part of it that the nodes' first processes are in.
  let firsts: Cgroup?
  /// The program of the nodes' first processes.
  let firstProgram: Descriptor
  let reaper: Reaper
  private let interrupt: Mutex<@Sendable (Int32, Int) -> Void>
  private let loss = Mutex<@Sendable (NodeID, Exit) -> Void> { node, exit in
    fatalError("node \(node) is lost: its first process \(exit)")
  }

  /// Without namespaces of its own: for tests and benchmarks. Nodes are as isolated as ever and end
  /// with this process, but their cgroups outlive it; call `close` at the end.
  ///
  /// - Parameters:
  ///   - folder: an existing, empty folder.
  ///   - usesCgroups: false does without them, as on a machine that has none.
  public init(unisolatedIn folder: String, usesCgroups: Bool = true) throws(NodesError) {
    let place = usesCgroups ? CgroupPlace.find() : .none
    var cgroup: Cgroup?
    if let path = place.runPath {
      cgroup = try system { () throws(Errno) in
        try Cgroup(making: "\(path)-\(MonotonicClock.nanoseconds)")
      }
    }
    self.folder = folder
    self.cgroup = cgroup
    firsts = try system { () throws(Errno) in try cgroup?.child("first") }
    firstProgram = try Self.makeFirstProgram()
    mark = "\(getpid())-\(MonotonicClock.nanoseconds)/"
    isIsolated = false
    limits = place.limits
    reaper = try Reaper(everyChild: false)
    interrupt = Mutex { signal, _ in exit(128 + signal) }
  }

  private init(arrived: Arrival, cgroup: Cgroup?) throws(NodesError) {
    folder = "/run/faultline"
    mark = ""
    isIsolated = true
    limits = arrived.limits
    self.cgroup = cgroup
    firsts = try system { () throws(Errno) in try cgroup?.child("first") }
    firstProgram = try Self.makeFirstProgram()
    reaper = try Reaper(everyChild: true)
    interrupt = Mutex { signal, _ in exit(128 + signal) }
  }

  private static func makeFirstProgram() throws(NodesError) -> Descriptor {
    try system { () throws(Errno) in
      Descriptor(
        owning: try Errno.check(
          cl_first_program(), "make a program in memory (vm.memfd_noexec must be below 2)"))
    }
  }

  /// The inner process furnishes its namespaces.
  static func arrived(_ arrival: Arrival) throws(NodesError) -> RunSpace {
    try system { () throws(Errno) in
      for fd in [arrival.lifeline, arrival.janitor] {
        try Errno.check(cl_set_close_on_exec(fd), "keep a descriptor to ourselves")
      }
      // Whatever it starts is on a node, and so spares itself most of the dropping.
      try Thread.boundCapabilities(to: .inside)
      try Mounts.makePrivate()
      try Mounts.mount("proc", at: "/proc")
      try Mounts.mount("tmpfs", at: "/run", options: "mode=755")
      try Files.makeFolder("/run/lock", mode: 0o1777)
      try Files.makeFolder("/run/faultline")
      unsafe try Errno.check(cl_sethostname("faultline"), "set the host name")
      try Netlink().setLink("lo", up: true)
    }
    let cgroup = try system { () throws(Errno) in
      arrival.cgroup.isEmpty ? nil : try Cgroup(opening: arrival.cgroup)
    }
    let space = try RunSpace(arrived: arrival, cgroup: cgroup)
    try space.listen(on: arrival.lifeline)
    return space
  }

  /// What to do when the user interrupts: the signal, and the how manieth it is (from 1). Runs
  /// on a thread of its own. Until it is set, the first signal ends the run at once with
  /// 128 + n.
  public func onInterrupt(_ act: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
    interrupt.withLock { $0 = act }
  }

  /// What to do when a node's first process ends although nothing of ours ended it, and the kernel
  /// kills everything on the node with it: called once for the node, on the thread that waits for
  /// processes. Until it is set, a loss ends the program: a run must not go on as if all were well.
  public func onNodeLoss(_ act: @escaping @Sendable (NodeID, Exit) -> Void) {
    loss.withLock { $0 = act }
  }

  private let madeImage = Mutex<RootImage?>(nil)

  /// What the roots of all nodes have in common, made when the first one needs it.
  func image() throws(NodesError) -> RootImage {
    try madeImage.withLock { made throws(NodesError) in
      if let made { return made }
      let image = try system { () throws(Errno) in try RootImage(in: folder) }
      made = image
      return image
    }
  }

  func report(lossOf node: NodeID, _ exit: Exit) { loss.withLock { $0 }(node, exit) }

  /// Kills what still runs in the run's cgroup and removes it. Only needed without isolation.
  public func close() throws(NodesError) {
    onNodeLoss { _, _ in }
    guard let cgroup else { return }
    try system { () throws(Errno) in
      unsafe try Errno.check(cl_cgroup_remove(cgroup.path, 10_000), "remove cgroup \(cgroup.path)")
    }
  }

  private func listen(on lifeline: Int32) throws(NodesError) {
    let line = Descriptor(owning: lifeline).release()
    _ = try system { () throws(Errno) in
      try Thread(named: "interrupts") {
        let line = Descriptor(owning: line)
        var count = 0
        while let byte = (try? line.read(upTo: 1))?.first {
          count += 1
          self.interrupt.withLock { $0 }(Int32(byte), count)
        }
        // The outer process is gone: nobody is left to report to.
        _exit(128 + SIGKILL)
      }
    }
  }
}
