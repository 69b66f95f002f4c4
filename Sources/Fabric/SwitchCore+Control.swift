internal import Basics
internal import Links
internal import Linux

extension SwitchCore {
  /// Plugs a port in and answers its number: a new one, or that of a port of the same node and
  /// segment that was unplugged before, whose counters go on.
  mutating func attach(_ port: Port, segment: Int) -> Int {
    let state = PortState(
      port: port, node: port.node, segment: segment, descriptor: port.tap.descriptor)
    if let index = ports.firstIndex(where: {
      $0.port == nil && $0.node == port.node && $0.segment == segment
    }) {
      ports[index] = state
      return index
    }
    ports.append(state)
    widenTables()
    let index = ports.count - 1
    for other in ports.indices where other != index && ports[other].segment == segment {
      connect(index, other)
      connect(other, index)
    }
    return index
  }

  /// Unplugs a port; frames on their way to it are dropped.
  mutating func detach(_ index: Int) {
    ports[index].port = nil
    ports[index].descriptor = -1
    addresses.forget(port: index)
  }

  mutating func setPower(_ node: NodeID, isOn: Bool) {
    for index in ports.indices where ports[index].node == node { ports[index].hasPower = isOn }
  }

  mutating func setCarrier(_ port: Port, isOn: Bool) {
    for index in ports.indices where ports[index].port === port { ports[index].hasCarrier = isOn }
  }

  /// Puts a policy to work; one of the same name is replaced wherever it was.
  mutating func impair(_ policy: Policy) {
    lift(policy.name)
    policies.append(policy)
    let now = clock.now
    ledgers.open(policy.name, at: now)
    if policy.impairment.recallsNames { recalled[policy.name] = names }
    forEachPair { core, source, target in
      guard core.add(policy, source, target) else { return }
      core.forgetHoldingTimes(core.pair(source, target), since: now)
    }
  }

  /// Takes a policy away; false when there is none of that name.
  @discardableResult
  mutating func lift(_ name: String) -> Bool {
    guard let index = policies.firstIndex(where: { $0.name == name }) else { return false }
    policies.remove(at: index)
    begun[name] = nil
    recalled[name] = nil
    ledgers.close(name)
    let now = clock.now
    var limits: [Int: Instant] = [:]
    forEachPair { core, source, target in
      let pair = core.pair(source, target)
      guard let limit = core.links[pair].remove(name, at: now) else { return }
      core.forgetHoldingTimes(pair, since: now)
      limits[pair] = limit
    }
    queue.hasten(limits)
    return true
  }

  private mutating func forgetHoldingTimes(_ pair: Int, since now: Instant) {
    for isProbe in [false, true] {
      counters[entry(pair, isProbe: isProbe)].held = HoldingTimes(since: now)
    }
  }

  /// The counters by pair of ports, in no useful order: merging and sorting are for the thread that
  /// asks, while this one has frames to release.
  func copyCounters(segment: Int?, ofProbes isProbe: Bool = false) -> FabricCounters.Copy {
    var copy = FabricCounters.Copy(at: clock.now, ignoredFrames: ignoredFrames)
    for source in ports.indices {
      for target in ports.indices
      where source != target && ports[source].segment == ports[target].segment {
        guard segment == nil || segment == ports[source].segment else { continue }
        copy.pairs.append(
          FabricCounters.Pair(
            source: ports[source].node, target: ports[target].node,
            counters: counters[entry(pair(source, target), isProbe: isProbe)]))
      }
    }
    return copy
  }

  mutating func takeNeighbourEvents() -> NeighbourEvents {
    let events = neighbours
    neighbours = NeighbourEvents()
    return events
  }

  private mutating func forEachPair(_ body: (inout SwitchCore, Int, Int) -> Void) {
    for source in ports.indices {
      for target in ports.indices
      where source != target && ports[source].segment == ports[target].segment {
        body(&self, source, target)
      }
    }
  }

  /// Gives a new pair its own stream of chance, named so that the order of attaching does not
  /// matter, and every policy that is about it.
  private mutating func connect(_ source: Int, _ target: Int) {
    let (from, to) = (ports[source], ports[target])
    links[pair(source, target)] = Link(
      chance: chance.stream("\(from.node)>\(to.node)@\(segments[from.segment])"))
    for policy in policies { add(policy, source, target) }
  }

  private mutating func widenTables() {
    guard ports.count > stride else { return }
    let wider = max(8, stride * 2)
    var newLinks = Array(repeating: Link(chance: chance), count: wider * wider)
    var newCounters = Array(repeating: PairCounters(), count: 2 * wider * wider)
    for source in 0..<stride {
      for target in 0..<stride {
        newLinks[source * wider + target] = links[pair(source, target)]
        let (old, new) = (pair(source, target), source * wider + target)
        newCounters[new] = counters[entry(old, isProbe: false)]
        newCounters[wider * wider + new] = counters[entry(old, isProbe: true)]
      }
    }
    links = newLinks
    counters = newCounters
    // Frames under way know their pair by its old number.
    let narrower = stride
    queue.renumber { $0 / narrower * wider + $0 % narrower }
    stride = wider
  }
}
