public import Basics
public import Linux
internal import Synchronization

/// One machine of the system under test, or of its clients: network, mount, UTS, IPC and PID
/// namespaces of its own, private writable folders, and a cgroup. It has no name on the host and
/// ends, with every process in it, when nobody holds it any more.
public final class Node: Sendable {
  /// What the node was made of; what runs on it may have changed addresses and routes since.
  public let spec: NodeSpec
  /// The node's name, which is its host name too.
  public var name: NodeID { spec.name }

  let space: RunSpace
  let folders: NodeFolders
  let ground: NodeGround
  let containment: Containment
  let tools: ToolRooms
  /// Serialises starting a process and freezing: a child that is frozen before it executes
  /// holds up the thread that starts it.
  let gate = Mutex(Void())
  private let paused = Mutex(false)

  /// Everything on the node is frozen.
  var isPaused: Bool { paused.withLock { $0 } }

  /// For who holds the gate.
  func setPaused(_ on: Bool) { paused.withLock { $0 = on } }

  /// Brings the node up, on a thread of its own.
  ///
  /// - Parameters:
  ///   - makeDisk: mounts a file system of the node's own at `place`, which exists, on the calling
  ///     thread; it may keep its files in `folder`. The node sees it as `/run`. Nil where the node has
  ///     plain folders.
  ///   - makeInterfaces: called once on that thread, inside the node's namespaces, before
  ///     addresses are set: it makes every interface of the spec (a TAP, a veth).
  public init(
    _ spec: NodeSpec, in space: RunSpace,
    makeInterfaces: () throws -> Void = {},
    makeDisk: (@Sendable (_ folder: String, _ place: String) throws(Errno) -> Void)? = nil
  ) throws {
    let groundwork = try Groundwork(spec, in: space, makeDisk: makeDisk)
    ground = try Thread.sync(
      named: "node \(spec.name)", meanwhile: { groundwork.make(in: space) }
    ) {
      try NodeGround(groundwork, in: space, makeInterfaces)
    }
    let rooms = try groundwork.rooms()
    containment = rooms.containment
    tools = rooms.tools
    folders = try groundwork.folders()
    self.spec = spec
    self.space = space
  }

  /// Where the runner finds a path of the node, if it is one below `/run`, `/tmp`, `/home`, `/root`
  /// or `/dev/shm`: what lies in `/etc` and `/var` is only seen whole from the node itself.
  public func outside(_ path: String) -> String { folders.outside(path) }

  /// Empties the node's `/run`, `/tmp` and `/dev/shm`, as a start of the machine does: call it
  /// when nothing runs on the node any more.
  ///
  /// - Parameter folders: what lies there and yet stays, as on a disk.
  public func clearVolatileFolders(keeping folders: [String] = []) throws {
    // From the node itself, where no link that was left in the way leads out of it.
    try Thread.sync(named: "boot \(name)") { () throws(Errno) in
      try ground.namespaces.enter([.mounts])
      try NodeFolders.clearVolatile(keeping: spec.shares + folders)
    }
  }

  /// How the node's first process ended, when it did although nothing of ours ended it: the kernel
  /// then killed all others, and nothing can be started on the node any more.
  public var loss: Exit? { ground.first.end }

  /// Throws where nothing can be started on the node any more.
  func requireWhole() throws(NodesError) {
    if let loss { throw .nodeIsLost(name, loss) }
  }

  /// What a client on the node shares with it: its network, and the files that say what names mean.
  /// Not its processes, for a thread stays in the PID namespace of its process.
  public static let clientSurroundings: Set<NamespaceKind> = [.network, .mounts]

  /// Starts a thread that lives in the node: by default as a client on it would. The body does not
  /// run, and an error is thrown, where the thread could not enter.
  ///
  /// Among the node's mounts the body sees the node's files and no others; `/proc/self` leads
  /// nowhere; a relative path begins at the root. What it has to read or write of the runner's it
  /// must be given open. It has none of root's capabilities: a client needs none.
  public func thread(
    named name: String, entering kinds: Set<NamespaceKind> = Node.clientSurroundings,
    _ body: @escaping @Sendable () -> Void
  ) throws(NodesError) -> Linux.Thread {
    let entered = Latch<Errno?>()
    let ground = self.ground
    let thread = try system { () throws(Errno) in
      try Thread(named: name) {
        do throws(Errno) {
          try ground.namespaces.enter(kinds)
          try Thread.dropCapabilities()
        } catch {
          return entered.set(error)
        }
        entered.set(nil)
        body()
      }
    }
    if let error = entered.wait() { throw .system(error) }
    return thread
  }

  /// Runs `body` on a thread in the node, as `thread` does, and waits for it.
  public func sync<Result>(
    entering kinds: Set<NamespaceKind> = Node.clientSurroundings, _ body: () throws -> Result
  ) throws -> Result {
    try Thread.sync(named: "in \(name)") {
      try ground.namespaces.enter(kinds)
      try Thread.dropCapabilities()
      return try body()
    }
  }

  /// The kernel's announcements in the node's network.
  func subscribe() throws -> AddressSubscription {
    try sync(entering: [.network]) { try AddressSubscription() }
  }

  var place: SpawnPlace.Namespaces {
    SpawnPlace.Namespaces(
      network: ground.namespaces.network.raw, hostname: ground.namespaces.hostname.raw,
      messages: ground.namespaces.messages.raw, mounts: ground.namespaces.mounts.raw,
      processes: ground.first.child.pidfd.raw)
  }
}
