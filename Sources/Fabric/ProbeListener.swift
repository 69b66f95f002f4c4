internal import Basics
internal import Links
internal import Linux
internal import Packets
internal import Synchronization

/// One node's place on one segment, as probes see it.
final class ProbePort: Sendable {
  let node: NodeID
  let segment: SegmentID
  let socket: ProbeSocket
  private let overflows = Atomic(0)

  init(node: NodeID, segment: SegmentID, socket: consuming ProbeSocket) {
    self.node = node
    self.segment = segment
    self.socket = socket
  }

  /// How many frames the socket ever had no room for.
  var overflowCount: Int {
    let more = socket.takeOverflows()
    return overflows.add(more, ordering: .relaxed).newValue
  }
}

/// Takes in the probes that arrive, on a thread of its own, and tells the batches they belong to.
final class ProbeListener: Sendable {
  /// A probe under way: its batch, its place there, and where it must arrive.
  struct Awaited: Sendable {
    let batch: ProbeBatch
    let index: Int
    let place: Place
    /// The sender, where a reset may come in the probe's stead, to either end.
    var resetAlso: NodeID?
  }

  /// Where a probe counts as arrived.
  enum Place: Sendable {
    case port(ProbePort)
    case anywhere(on: NodeID)

    func isAt(_ port: ProbePort) -> Bool {
      switch self {
      case .port(let own): own === port
      case .anywhere(let node): node == port.node
      }
    }
  }

  private struct State {
    var ports: [ProbePort] = []
    var awaited: [UInt64: Awaited] = [:]
    var nextSequence: UInt64 = 0
    var isStopping = false
  }

  let clock: RunClock
  let nonce: UInt64
  private let state = Mutex(State())
  private let poller: Poller

  init(clock: RunClock, nonce: UInt64) throws(FabricError) {
    self.clock = clock
    self.nonce = nonce
    poller = try Poller()
  }

  var ports: [ProbePort] { state.withLock { $0.ports } }

  /// Listens at a port; one of the same node and segment is replaced.
  func add(_ port: ProbePort) throws(FabricError) {
    let (number, old) = state.withLock { state -> (Int, ProbePort?) in
      if let index = state.ports.firstIndex(where: {
        $0.node == port.node && $0.segment == port.segment
      }) {
        let old = state.ports[index]
        state.ports[index] = port
        return (index, old)
      }
      state.ports.append(port)
      return (state.ports.count - 1, nil)
    }
    if let old { forget(old) }
    for descriptor in port.socket.descriptors { try poller.add(descriptor, port: number) }
  }

  /// A number for one probe, by which its arrival is told.
  func await(_ probe: Awaited) -> UInt64 {
    state.withLock { state in
      let sequence = state.nextSequence
      state.nextSequence += 1
      state.awaited[sequence] = probe
      return sequence
    }
  }

  /// What arrives from now on comes too late.
  func forget(_ sequences: [UInt64]) {
    state.withLock { state in
      for sequence in sequences { state.awaited[sequence] = nil }
    }
  }

  func requestStop() {
    state.withLock { $0.isStopping = true }
    poller.ring()
  }

  /// The body of the thread.
  func run() {
    var tokens = [UInt32](repeating: 0, count: 64)
    while true {
      let count = poller.wait(&tokens, nanoseconds: -1)
      if state.withLock({ $0.isStopping }) { return }
      for token in tokens[..<count] where token != Poller.bell { drain(Int(token)) }
    }
  }

  private func drain(_ number: Int) {
    let port = state.withLock { $0.ports[number] }
    do throws(FabricError) {
      while let arrival = try port.socket.receive() { note(arrival, at: port) }
    } catch {
      // The interface is gone: nothing arrives there any more, which is what a probe is to tell.
      forget(port)
    }
  }

  private func forget(_ port: ProbePort) {
    for descriptor in port.socket.descriptors { poller.remove(descriptor) }
  }

  private func note(_ arrival: ProbeSocket.Arrival, at port: ProbePort) {
    guard let mark = arrival.mark, mark.nonce == nonce else { return }
    let (now, age) = (clock.now, arrival.age)
    let awaited = state.withLock { $0.awaited[mark.sequence] }
    // Unknown to the switch, a target's address is flooded, and routers see what they pass on: the
    // others see the frame as well.
    guard let awaited else { return }
    if let sender = awaited.resetAlso, arrival.isReset {
      if awaited.place.isAt(port) { awaited.batch.noteReset(awaited.index, at: .target) }
      if sender == port.node { awaited.batch.noteReset(awaited.index, at: .source) }
      return
    }
    guard awaited.place.isAt(port) else { return }
    // The kernel stamps by the wall clock, which may have been set meanwhile: what cannot be is
    // not believed.
    let isBelievable = age >= 0 && age < now.nanoseconds
    let arrived = isBelievable ? now.advanced(by: .nanoseconds(-age)) : now
    awaited.batch.noteArrival(awaited.index, at: arrived)
  }
}
