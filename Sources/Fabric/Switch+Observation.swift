public import Basics
public import Links
public import Linux
public import Packets

/// How exact the fabric's delays were: their lateness is the resolution of every result.
public struct TimingReport: Hashable, Sendable {
  /// How much later than due held frames left.
  public let lateness: FrameLateness
  /// Whether the switch's thread runs with real-time priority now.
  public let isRealtime: Bool
  /// What the machine refused, in words for the report; nil when nothing was.
  public let note: String?
}

extension Switch {
  /// All counters at one moment, the run's own probes aside; `segment` limits them to one network.
  public func counters(in segment: SegmentID? = nil) throws(FabricError) -> FabricCounters {
    try copy(of: segment, ofProbes: false)
  }

  /// What became of the probes that `PathProbes` sent: also why those did not arrive that did not.
  public func probeCounters(in segment: SegmentID? = nil) throws(FabricError) -> FabricCounters {
    try copy(of: segment, ofProbes: true)
  }

  /// What became of the frames that a policy met of which it is about some only, since it was put to work,
  /// the run's own probes aside; nil when there is no policy of that name. What it did to ways of
  /// which it is about every frame is in `counters`.
  public func counters(under policy: String) -> PairCounters? {
    perform { $0.ledgers.counters(of: policy) }
  }

  private func copy(
    of segment: SegmentID?, ofProbes isProbe: Bool
  ) throws(FabricError) -> FabricCounters {
    let index = try segment.map { segment throws(FabricError) in
      guard let index = segments.firstIndex(of: segment) else {
        throw FabricError.unknownSegment(segment)
      }
      return index
    }
    return FabricCounters(perform { $0.copyCounters(segment: index, ofProbes: isProbe) })
  }

  /// What was said about addresses since the last call. To be asked often: a bounded number waits.
  public func takeNeighbourEvents() -> NeighbourEvents {
    perform { $0.takeNeighbourEvents() }
  }

  /// Ports that unplugged themselves, in order: their device, or its namespace, went away while the
  /// switch ran. Empty in a run where nothing went wrong.
  public var vanishedPorts: [PortName] { perform { $0.vanished } }

  /// How exact the delays were so far.
  public var timing: TimingReport {
    let lateness = perform { $0.lateness }
    let state = timingState
    return TimingReport(lateness: lateness, isRealtime: state.isRealtime, note: state.note)
  }

  /// When held frames left so late that it counts as a stall of the harness, since the last call; a
  /// bounded number waits.
  public func takeStalls() -> [Stall] { perform { $0.heldTooLong.take() } }

  /// Forgets the lateness seen so far, to measure a part of a run.
  public func resetTiming() { perform { $0.lateness = FrameLateness() } }

  /// What was asked of a DNS server so far and answered by it, over UDP; a bounded number is remembered.
  public func namesAsked(of server: IPAddress) -> [DNSQuestion.Key] {
    perform { $0.names.questions(to: server) }
  }

  /// From now on looks for words in what is sent with their ports: what somebody on the line could read.
  public func listen(for words: [HeardWord]) { perform { $0.eavesdropper.heard = words } }

  /// How often each word passed since it was listened for, in the order in which they were given.
  public var heardWords: [HeardWord] { perform { $0.eavesdropper.heard } }

  /// From now on looks at what is sent on these segments, whether it is encrypted. A segment that there is not is
  /// left out.
  public func listen(on segments: [SegmentID]) {
    perform { core in
      for (place, segment) in core.segments.enumerated() where segments.contains(segment) {
        core.lines[place] = HeardLine(segment)
      }
    }
  }

  /// What was heard on those segments so far, in the order of the stack's networks.
  public var heardLines: [HeardLine] {
    perform { core in core.lines.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Starts recording; the capture sees what is sent from now on.
  public func add(_ capture: Capture) {
    perform { core in
      var sink = CaptureSink(
        queue: capture.queue, filter: capture.filter, wallOrigin: core.clock.wallOrigin)
      sink.consider(core.ports, segments: core.segments)
      core.captures.append(sink)
    }
  }

  /// Stops recording; then the capture can be closed.
  public func remove(_ capture: Capture) {
    perform { core in
      guard let index = core.captures.firstIndex(where: { $0.queue === capture.queue }) else {
        return
      }
      core.captures[index].finish()
      core.captures.remove(at: index)
    }
  }

  /// Whatever is captured says this at the next frame that is kept, as that frame's comment:
  /// what was done to the network, where a reader of the file looks for it. Nobody is waited for.
  public func comment(_ text: String) {
    order { core in
      for index in core.captures.indices { core.captures[index].comment(text) }
    }
  }
}
