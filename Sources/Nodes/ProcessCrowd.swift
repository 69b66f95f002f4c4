internal import Basics
internal import Glibc
internal import Linux
internal import Synchronization

/// Fills a node with idle processes, up to the bound that it has, and fills up what becomes free.
///
/// They are copies of a shell that wait to read from a pipe whose other end only this process has: so they
/// end with it, however that ends.
public final class ProcessCrowd: Sendable {
  /// From one look to the next, in nanoseconds.
  private static let interval: Int64 = 200_000_000
  /// How long one filling may take, in nanoseconds.
  private static let patience: Int64 = 30_000_000_000
  /// The kernel gives numbers below this to nobody once they have all been given: `RESERVED_PIDS`.
  private static let reserved = 300
  /// Ends at the first process that cannot be made.
  private static let script = "exec 3<&0; while read x <&3 & do :; done"

  /// How many processes the node may have.
  public var limit: Int { node.spec.mostProcesses }

  private let node: Node
  private let lifeline: Descriptor
  private let waiting: Descriptor
  private let tools = Mutex<[Node.Tool]>([])
  private let trouble = Mutex<NodesError?>(nil)
  /// Whether the last place has been taken once.
  private let isFilled = Mutex(false)
  private let recurrence = Mutex<Recurrence?>(nil)

  /// Begins at once, on a thread of its own.
  ///
  /// - Throws: where nothing bounds the processes of a node, for then they would take the machine's.
  public init(on node: Node) throws(NodesError) {
    if Rehearsal.unbounded().contains("processes") {
      throw .notConfirmed(
        "nothing here bounds the processes of a node, so its table cannot be filled (Linux 6.14 or the "
          + "cgroup controller pids does; faultline doctor tells)")
    }
    self.node = node
    let pipe = try system { () throws(Errno) in try Descriptor.pipe() }
    waiting = try system { () throws(Errno) in try pipe.reading.duplicate() }
    lifeline = pipe.keepWriting()
    let recurrence = try Recurrence(named: "crowd", every: Self.interval) { [weak self] in
      self?.fill()
    }
    self.recurrence.withLock { $0 = recurrence }
  }

  /// How many idle processes there are.
  public func count() throws(NodesError) -> Int {
    let tools = tools.withLock { $0 }
    return try system { () throws(Errno) in
      var sum = 0
      for tool in tools { sum += try tool.room.containment.processes().count }
      return sum
    }
  }

  /// Whether the kernel refuses to start a process on the node for want of a place.
  public func isRefused() throws(NodesError) -> Bool {
    if let trouble = trouble.withLock({ $0 }) { throw trouble }
    guard isFilled.withLock({ $0 }) else { return false }
    do throws(NodesError) {
      try node.start(Command("/bin/true")).end()
      return false
    } catch {
      if error.isForWantOfAPlace { return true }
      throw error
    }
  }

  /// Ends them all, and looks that a process can be started. Doing it twice does no harm.
  public func end() throws(NodesError) {
    recurrence.withLock { $0.take() }?.end()
    for tool in tools.withLock({ $0 }) { try tool.end() }
    tools.withLock { $0 = [] }
    trouble.withLock { $0 = nil }
    if try isRefused() { throw .notConfirmed("node \(node.name) still has no place for a process") }
  }

  private func fill() {
    guard trouble.withLock({ $0 == nil }) else { return }
    do throws(NodesError) {
      let tool = try node.start(Command("/bin/sh", ["-c", Self.script], input: waiting.raw))
      tools.withLock { $0.append(tool) }
      _ = tool.wait(until: MonotonicClock.nanoseconds + Self.patience)
      try requireOwnBound()
      // The shell that made them all ended at the first refusal, so its own place is free.
      while true {
        let last = try node.start(Command("/bin/cat", [], input: waiting.raw))
        tools.withLock { $0.append(last) }
      }
    } catch {
      if error.isForWantOfAPlace {
        isFilled.withLock { $0 = true }
      } else {
        trouble.withLock { $0 = error }
      }
    }
  }

  /// What refuses must be the node's own bound: a lower one around this program would be everybody's.
  private func requireOwnBound() throws(NodesError) {
    let count = try count()
    if count + Self.reserved >= limit { return }
    for tool in tools.withLock({ $0 }) { try tool.end() }
    throw .notConfirmed(
      "a process was refused beside \(count) idle ones, long before the node's bound of \(limit): this "
        + "machine has less room")
  }
}

extension NodesError {
  /// A process could not be made because there is no room for another (EAGAIN, fork(2)).
  var isForWantOfAPlace: Bool {
    guard case .cannotStart(_, _, let reason) = self else { return false }
    return reason == Errno(EAGAIN, "").reason
  }
}
