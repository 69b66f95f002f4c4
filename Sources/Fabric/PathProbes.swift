public import Basics
public import Links
public import Linux
public import Packets
internal import Synchronization

/// Sends frames of its own between nodes and sees whether, and when, they arrive: evidence of what
/// the network does to a path, whether or not anybody else uses it.
///
/// A probe is sent by the node's own kernel through its own interface, crosses the switch under the
/// same policies as every frame, and counts as arrived when the other node's kernel took it in; one that
/// is a packet is routed by every kernel on its way. What makes a fault has no part in it. The switch counts probes apart (`Switch.probeCounters`), and
/// captures leave them out; under a policy of chance or a bounded rate they take their turn like
/// any other frame of 60 bytes.
public final class PathProbes: Sendable {
  private let listener: ProbeListener
  private let thread: Mutex<Linux.Thread?>

  /// - Parameter nonce: of this run alone, so that another's probes are not taken for its own.
  public init(clock: RunClock, nonce: UInt64) throws(FabricError) {
    let listener = try ProbeListener(clock: clock, nonce: nonce)
    self.listener = listener
    thread = Mutex(
      try refusing { () throws(Errno) in
        try Linux.Thread(named: "probes") { listener.run() }
      })
  }

  deinit { end() }

  /// Ends the thread that listens: nothing arrives any more.
  public func end() {
    guard let thread = thread.withLock({ $0.take() }) else { return }
    listener.requestStop()
    thread.join()
  }

  /// Makes a node's place on a segment known. A new socket replaces one of the same place.
  public func attach(node: NodeID, to segment: SegmentID, socket: consuming ProbeSocket)
    throws(FabricError)
  {
    try listener.add(ProbePort(node: node, segment: segment, socket: socket))
  }

  /// The places known, in order of their nodes and segments.
  public var places: [PortName] {
    listener.ports.map { PortName(node: $0.node, segment: $0.segment) }.sorted {
      ($0.node, $0.segment) < ($1.node, $1.segment)
    }
  }

  /// Sends probes for all pairs, in every segment that the two of a pair share, and waits until all
  /// have arrived or the time is over. May be called from several threads at once.
  ///
  /// - Parameters:
  ///   - pairs: directed: for both ways, both pairs.
  ///   - segment: only in this one; nil: in all.
  ///   - count: how many probes for each pair and segment.
  ///   - bytes: how large the frames are, headers included.
  ///   - spacing: the time between two probes of a pair.
  ///   - limit: how long the last probe may be on its way. At least the longest delay that is to
  ///     be told from a loss.
  /// - Returns: an answer for each pair, in their order.
  public func probe(
    _ pairs: [(source: NodeID, target: NodeID)], in segment: SegmentID? = nil, count: Int,
    bytes: Int = ProbeFrame.byteCount, spacing: Duration = .milliseconds(2), within limit: Duration
  ) throws(FabricError) -> [PathProbeAnswer] {
    let aims = pairs.map { ProbeAim(from: $0.source, to: $0.target, as: .frame(in: segment)) }
    return try probe(aims, count: count, bytes: bytes, spacing: spacing, within: limit)
  }

  /// The same for aims of any kind; a packet is probed once, whatever way it takes.
  public func probe(
    _ aims: [ProbeAim], count: Int, bytes: Int = ProbeFrame.byteCount,
    spacing: Duration = .milliseconds(2), within limit: Duration
  ) throws(FabricError) -> [PathProbeAnswer] {
    let ports = listener.ports
    var ways: [[ProbeWay]] = []
    for aim in aims { ways.append(try ProbeWay.all(aim, among: ports)) }
    let flat = ways.flatMap(\.self)
    let overflows = flat.map { overflowCount($0, ports) }
    let batch = ProbeBatch(count: flat.count * count)
    send(flat, count: count, bytes: bytes, spacing: spacing, batch, within: limit)
    var number = 0
    return ways.map { ways in
      guard !ways.isEmpty else { return .noCommonSegment }
      return .probed(
        ways.map { way in
          defer { number += 1 }
          return PathProbeResult(
            source: way.source.node, target: way.target.node, segment: way.segment,
            probes: batch.probes(stride(from: number, to: flat.count * count, by: flat.count)),
            isUnsure: overflowCount(way, ports) != overflows[number])
        })
    }
  }

  /// Of every socket at which a probe of the way may arrive.
  private func overflowCount(_ way: ProbeWay, _ ports: [ProbePort]) -> Int {
    switch way.awaitedAt {
    case .port(let port): port.overflowCount
    case .anywhere(let node):
      ports.filter { $0.node == node }.reduce(0) { $0 + $1.overflowCount }
    }
  }

  /// Probes every directed pair on these paths; `Path.pairs` tells which answer is whose.
  public func probe(
    along paths: [Path], count: Int, spacing: Duration = .milliseconds(2), within limit: Duration
  ) throws(FabricError) -> [PathProbeAnswer] {
    var answers: [PathProbeAnswer] = []
    for (segment, group) in grouped(paths) {
      answers += try probe(group, in: segment, count: count, spacing: spacing, within: limit)
    }
    return answers
  }

  /// Neighbours in the list that mean the same segment are probed together.
  private func grouped(_ paths: [Path]) -> [(SegmentID?, [(source: NodeID, target: NodeID)])] {
    var groups: [(SegmentID?, [(source: NodeID, target: NodeID)])] = []
    for path in paths {
      if let last = groups.last, last.0 == path.segment {
        groups[groups.count - 1].1 += path.pairs
      } else {
        groups.append((path.segment, path.pairs))
      }
    }
    return groups
  }

  /// Round after round, a probe for each way.
  private func send(
    _ ways: [ProbeWay], count: Int, bytes: Int, spacing: Duration, _ batch: ProbeBatch,
    within limit: Duration
  ) {
    var sequences: [UInt64] = []
    for round in 0..<count {
      let next = listener.clock.now.advanced(by: spacing)
      for (number, way) in ways.enumerated() {
        let index = round * ways.count + number
        let sequence = listener.await(
          .init(
            batch: batch, index: index, place: way.awaitedAt,
            resetAlso: way.mayBeReset ? way.source.node : nil))
        sequences.append(sequence)
        let mark = ProbeTrailer(nonce: listener.nonce, sequence: sequence)
        let isTaken = way.send(mark, bytes: bytes)
        batch.noteSent(index, isTaken: isTaken, at: listener.clock.now)
      }
      if round + 1 < count { listener.clock.sleep(until: next) }
    }
    _ = batch.isComplete.wait(until: MonotonicClock.nanoseconds + limit.nanoseconds)
    listener.forget(sequences)
  }
}
