public import Basics
public import Links
public import Linux
internal import Synchronization

/// The network of one run: learning layer-2 switches in user space, on one thread of their own,
/// through which every packet between two nodes passes.
///
/// All functions may be called from any thread at any time, before `start` and after `stop` too;
/// what changes something has taken effect when it returns. They wait for the switch's thread, a
/// matter of microseconds.
public final class Switch: Sendable {
  /// The networks, in the order in which they were given; a run adds none later.
  public let segments: [SegmentID]
  /// The clock that stamps all its events and decides when a held frame is due.
  public let clock: RunClock
  private let loop: SwitchLoop
  private let phase = Mutex(Phase.idle)
  private let plugged = Mutex<[Port]>([])

  private enum Phase {
    case idle
    case running(Linux.Thread)
    case stopped
  }

  /// What becomes of the TAP devices when the switch stops.
  public enum Devices: Sendable {
    /// They are made persistent and go with their namespaces: at once, however many they are.
    case goWithNamespaces
    /// They are removed one by one, some 30 ms each.
    case areRemoved
  }

  /// How many bytes of frames under way a switch holds unless it is told otherwise: 512 MiB.
  public static let usualMemoryBytes = 512 << 20

  /// A switch that is not running yet, with these networks and no ports.
  ///
  /// - Parameter memoryBytes: how much memory the frames under way may take; what finds no room is dropped and
  ///   counted as the fabric's own doing (`DropReason.overflow`).
  public init(
    segments: [SegmentID], seed: UInt64, clock: RunClock, memoryBytes: Int = usualMemoryBytes
  ) throws(FabricError) {
    self.segments = segments
    self.clock = clock
    loop = try SwitchLoop(
      core: SwitchCore(segments: segments, seed: seed, clock: clock, memoryBytes: memoryBytes))
  }

  deinit { stop(.goWithNamespaces) }

  /// Starts the thread; a switch that has run is not started again.
  public func start() throws(FabricError) {
    let result = phase.withLock { phase in
      guard case .idle = phase else { return Result<Void, FabricError>.success(()) }
      do throws(FabricError) {
        phase = .running(
          try refusing { () throws(Errno) in
            try Linux.Thread(named: "fabric") { [loop] in loop.run() }
          })
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Stops and joins the thread, and lets go of the devices. Counters can still be read. Answers
  /// what could not be done; stopping twice does no harm.
  @discardableResult
  public func stop(_ devices: Devices = .goWithNamespaces) -> [FabricError] {
    phase.withLock { phase in
      if case .running(let thread) = phase {
        loop.requestStop()
        thread.join()
      }
      phase = .stopped
    }
    return letGo(devices)
  }

  private func letGo(_ devices: Devices) -> [FabricError] {
    perform { core in
      for index in core.captures.indices { core.captures[index].finish() }
      core.captures = []
    }
    let ports = plugged.withLock { ports in
      defer { ports = [] }
      return ports
    }
    var failures: [FabricError] = []
    for port in ports {
      do throws(FabricError) {
        try port.tap.setPersistent(devices == .goWithNamespaces)
      } catch {
        failures.append(error)
      }
    }
    perform { core in
      for index in core.ports.indices { core.detach(index) }
    }
    return failures
  }

  /// Plugs a node into a segment. The first packet passes.
  public func attach(node: NodeID, to segment: SegmentID, tap: consuming Tap)
    throws(FabricError)
  {
    guard let index = segments.firstIndex(of: segment) else { throw .unknownSegment(segment) }
    let port = Port(node: node, segment: segment, tap: tap)
    let poller = loop.poller
    let failure: FabricError? = perform { core in
      let number = core.attach(port, segment: index)
      for capture in core.captures.indices {
        core.captures[capture].consider(core.ports, segments: core.segments)
      }
      do throws(FabricError) {
        try poller.add(port.tap.descriptor, port: number)
        return nil
      } catch {
        core.detach(number)
        return error
      }
    }
    if let failure { throw failure }
    plugged.withLock { $0.append(port) }
  }

  /// Unplugs a node for good (to plug in a new device in its place): its devices are removed.
  public func detach(node: NodeID) {
    let poller = loop.poller
    perform { core in
      for index in core.ports.indices where core.ports[index].node == node {
        guard let port = core.ports[index].port else { continue }
        poller.remove(port.tap.descriptor)
        core.detach(index)
      }
    }
    plugged.withLock { $0.removeAll { $0.node == node } }
  }

  /// Has `body` run by whoever may touch the core now, and waits for its answer.
  @discardableResult
  func perform<Answer: Sendable>(_ body: @escaping @Sendable (inout SwitchCore) -> Answer)
    -> Answer
  {
    let reply = Latch<Answer>()
    order { reply.set(body(&$0)) }
    return reply.wait()
  }

  /// Has `body` run by whoever may touch the core now, and does not wait for it.
  func order(_ body: @escaping SwitchLoop.Command) {
    phase.withLock { phase in
      if case .running = phase { loop.submit(body) } else { loop.execute(body) }
    }
  }

  /// The ports in use, in the order in which they were plugged in.
  var pluggedPorts: [Port] { plugged.withLock { $0 } }

  /// How the thread is scheduled and what it was refused.
  var timingState: SwitchLoop.TimingState { loop.timingState }
}
