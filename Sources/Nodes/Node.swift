public import Basics
public import Linux
internal import Synchronization

/// One machine of the system under test, or of its clients: network, mount and UTS namespaces of
/// its own, private writable folders, and a cgroup. It has no name on the host and ends with the
/// last process and descriptor in it.
public final class Node: Sendable {
  public let spec: NodeSpec
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
  /// - Parameter makeInterfaces: called once on that thread, inside the node's namespaces, before
  ///   addresses are set: it makes every interface of the spec (a TAP, a veth).
  public init(
    _ spec: NodeSpec, in space: RunSpace, makeInterfaces: () throws -> Void = {}
  ) throws {
    let folders = NodeFolders(run: space.folder, node: spec.name)
    try system { () throws(Errno) in try folders.make(hosts: spec.hosts) }
    ground = try Thread.sync(named: "node \(spec.name)") {
      try NodeGround(spec, folders, makeInterfaces)
    }
    containment = try Containment.forNode(spec.name, in: space)
    tools = try ToolRooms(spec.name, in: space)
    self.spec = spec
    self.space = space
    self.folders = folders
  }

  /// Where the runner finds a path of the node: the node's `/run`, `/tmp`, `/var/tmp` and
  /// `/dev/shm` are private folders, everything else is where it always is.
  public func outside(_ path: String) -> String { folders.outside(path) }

  /// Empties the node's `/run`, `/tmp` and `/dev/shm`, as a start of the machine does: call it
  /// when nothing runs on the node any more.
  public func clearVolatileFolders() throws(NodesError) {
    try system { () throws(Errno) in try folders.clearVolatile() }
  }

  /// Starts a thread that lives in the node: its network by default. The body does not run,
  /// and an error is thrown, where the thread could not enter.
  public func thread(
    named name: String, entering kinds: Set<NamespaceKind> = [.network],
    _ body: @escaping @Sendable () -> Void
  ) throws(NodesError) -> Linux.Thread {
    let entered = Latch<Errno?>()
    let ground = self.ground
    let thread = try system { () throws(Errno) in
      try Thread(named: name) {
        do throws(Errno) { try ground.namespaces.enter(kinds) } catch {
          return entered.set(error)
        }
        entered.set(nil)
        body()
      }
    }
    if let error = entered.wait() { throw .system(error) }
    return thread
  }

  /// Runs `body` on a thread in the node's network and waits for it.
  public func sync<Result>(_ body: () throws -> Result) throws -> Result {
    try Thread.sync(named: "in \(name)") {
      try ground.namespaces.enter([.network])
      return try body()
    }
  }

  /// The kernel's announcements in the node's network.
  func subscribe() throws -> AddressSubscription {
    try sync { try AddressSubscription() }
  }

  var place: [Int32] {
    [
      ground.namespaces.network.raw, ground.namespaces.hostname.raw, ground.namespaces.mounts.raw,
    ]
  }
}
