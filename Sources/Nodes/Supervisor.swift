public import Basics
internal import Glibc
internal import Linux
internal import Synchronization

/// Knows every component that was started on the nodes of one run, acts on them, and tells when
/// one ends that nobody asked to.
public final class Supervisor: Sendable {
  /// How long a kill, a freeze or a thaw may take until it counts as not confirmed.
  static let patience: Int64 = 5_000_000_000

  /// Whether the end of one process was asked for.
  final class Order: Sendable {
    let isGiven = Mutex(false)
  }

  struct Entry {
    let node: Node
    let containment: Containment
    var child: Child
    var ended: Exit? { child.ended.current }
    /// An end from now on is one that we asked for.
    let order: Order
    var isOrdered: Bool { order.isGiven.withLock { $0 } }
    var isPaused = false
  }

  let entries = Mutex<[InstanceID: Entry]>([:])
  private let onExit: @Sendable (ComponentExit) -> Void

  /// - Parameter onExit: called on the thread that waits for processes, once for every main
  ///   process that ends; it must return quickly and must not call the supervisor's acts.
  public init(onExit: @escaping @Sendable (ComponentExit) -> Void) { self.onExit = onExit }

  /// Starts a component on a node; what an earlier start of it left behind is killed first.
  ///
  /// - Returns: the pid of its main process.
  @discardableResult
  public func start(
    _ component: String, on node: Node, _ command: Command
  ) throws(NodesError) -> Int32 {
    try node.requireWhole()
    let instance = InstanceID(node: node.name, component: component)
    if let entry = entries.withLock({ $0[instance] }) {
      if entry.ended == nil { throw .alreadyRunning(instance) }
      _ = try entry.containment.kill(until: Self.deadline)
      try system { () throws(Errno) in try entry.containment.remove() }
    }
    let containment = try system { () throws(Errno) in try node.containment.part(component) }
    let order = Order()
    let child = try node.gate.withLock { _ throws(NodesError) in
      if node.isPaused { throw .nodeIsPaused(node.name) }
      return try node.space.reaper.start(
        notice: { [weak self] in self?.ended(instance, $0, $1, order) }
      ) {
        () throws(NodesError) in try containment.spawn(command, in: node.place)
      }
    }
    entries.withLock {
      $0[instance] = Entry(node: node, containment: containment, child: child, order: order)
    }
    return child.pid
  }

  /// What is known about a component; nil when it was never started.
  public func state(_ instance: InstanceID) -> ComponentState? {
    entries.withLock { $0[instance].map(\.state) }
  }

  /// Every component that was started, in order.
  public var states: [(instance: InstanceID, state: ComponentState)] {
    entries.withLock { $0.mapValues(\.state) }.sorted { $0.key < $1.key }
      .map { (instance: $0.key, state: $0.value) }
  }

  /// Every process of a component, daemons that forked away included.
  public func processes(_ instance: InstanceID) throws(NodesError) -> [Int32] {
    guard let entry = entries.withLock({ $0[instance] }) else { return [] }
    return try system { () throws(Errno) in try entry.containment.processes() }
  }

  /// The component may have been started anew by now: the order belongs to the process.
  private func ended(
    _ instance: InstanceID, _ child: Child, _ exit: Exit, _ order: Order
  ) {
    onExit(
      ComponentExit(
        instance: instance, pid: child.pid, exit: exit,
        wasOrdered: order.isGiven.withLock { $0 }))
  }

  static var deadline: Int64 { MonotonicClock.nanoseconds + patience }

  /// The entry of a component whose main process runs.
  func running(_ instance: InstanceID) throws(NodesError) -> Entry {
    guard let entry = entries.withLock({ $0[instance] }), entry.ended == nil else {
      throw .notRunning(instance)
    }
    return entry
  }

  /// Notes that the end of these is asked for from now on.
  func order(_ instances: [InstanceID]) {
    entries.withLock { entries in
      for instance in instances where entries[instance]?.ended == nil {
        entries[instance]?.order.isGiven.withLock { $0 = true }
      }
    }
  }
}

extension Supervisor.Entry {
  var state: ComponentState {
    switch ended {
    case .some(let exit): isOrdered ? .stopped(exit) : .died(exit)
    case .none:
      isPaused || node.isPaused ? .paused(pid: child.pid) : .running(pid: child.pid)
    }
  }
}
