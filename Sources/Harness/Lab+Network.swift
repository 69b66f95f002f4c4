import Synchronization
import Basics
import Disk
import Fabric
import Histories
import Faults
import Links
import Linux
import Nodes
import Stacks

/// What faults may do to nodes as a whole and to the network between them.
extension Lab {
  /// How long the power stays on at most until there is a write to tear, in nanoseconds.
  private static let patienceForWrite: Int64 = 1_000_000_000

  func powerOff(_ id: NodeID) throws(FaultError) { try powerOff(id, tearing: nil) }

  func powerOff(_ id: NodeID, tearing cut: WriteCut?) throws(FaultError) {
    let node = try node(id)
    if let cut, let disks, disks.has(id) {
      // While everything still runs, or there would be no write to tear.
      try attempt("wait for a write on \(id)") {
        try disks.client.freeze(id.text, amidWriteTo: cut.paths, within: Self.patienceForWrite)
      }
    }
    ledger.withLock { _ = $0.withoutPower.insert(id) }
    recorder.record(.power(id, isOn: false))
    // First the network, so that nothing it says while dying is heard.
    fabric.setPower(of: id, isOn: false)
    try attempt("kill everything on \(id)") {
      if let disks, disks.has(id) { try losePower(of: disks, on: node, cut) }
      _ = try supervisor.killAll(on: node)
      // A machine without power holds no address, whatever its last processes left behind.
      _ = try node.restoreAddresses()
    }
  }

  func powerOn(_ id: NodeID, except heldDown: Set<InstanceID>) throws(FaultError) {
    let node = try node(id)
    let instances = stack.node(id)?.instances ?? []
    try attempt("boot \(id)") {
      if let disks, disks.has(id) { try disks.client.restorePower(of: id.text) }
      // An instance's own folder stands for its disk: there are its data and what was rendered for it.
      try node.clearVolatileFolders(keeping: instances.map(\.folder))
      _ = try node.restoreAddresses()
      // Before the network carries anything, and also of those that a fault keeps from running: a machine that
      // starts does it.
      for one in instances { try boot(instance(one.id)) }
    }
    fabric.setPower(of: id, isOn: true)
    ledger.withLock { _ = $0.withoutPower.remove(id) }
    recorder.record(.power(id, isOn: true))
    let down = instances.filter { !heldDown.contains($0.id) }
    let order = stack.startOrder.flatMap { $0 }
    for instance in down.sorted(by: { order.rank($0.id) < order.rank($1.id) }) {
      try start(instance.id)
    }
  }

  func power(of id: NodeID) throws(FaultError) -> PowerState {
    let isOn = ledger.withLock { !$0.withoutPower.contains(id) }
    return try attempt("count the processes on \(id)") {
      let instances = stack.node(id)?.instances ?? []
      let count = try instances.map { try supervisor.processes($0.id).count }
      return PowerState(isOn: isOn, processes: count.reduce(0, +))
    }
  }

  func setCarrier(of id: NodeID, isUp: Bool) throws(FaultError) {
    try attempt("plug the cable of \(id) \(isUp ? "in" : "out")") {
      try fabric.setCarrier(of: id, isOn: isUp)
    }
  }

  func hasCarrier(_ id: NodeID) throws(FaultError) -> Bool {
    let node = try node(id)
    return try attempt("look at the links of \(id)") {
      try node.links().filter { $0.name != "lo" }.allSatisfy(\.hasCarrier)
    }
  }

  func impair(_ policy: Policy) throws(FaultError) {
    try attempt("put the policy \(policy.name) on the fabric") {
      let routes = PolicyRoutes(policy, in: stack)
      let prober = try WayProber(
        policy, WayAims(routes.ways, of: policy.kind, acknowledges: policy.resets, in: stack),
        probes,
        delay: heldAtPresent(on: routes.ways))
      let asker = try NameAsker(
        policy, routes.ways, in: self, delay: heldAtPresent(on: routes.ways))
      let connections = policy.resets ? try OpenConnections(policy, routes.ways, in: self) : nil
      fabric.impair(policy.name, routes.paths, policy.impairment)
      let mark = PolicyMark(
        policy: policy, routes: routes, before: try fabric.counters(), prober: prober,
        asker: asker, connections: connections)
      connections?.provoke(through: fabric)
      ledger.withLock { $0.policies[policy.name] = mark }
      try prober.start(clock)
      try asker?.start(clock)
    }
  }

  /// The longest that the links of the stack, hop by hop, and the policies that are in place hold a frame.
  private func heldAtPresent(on ways: [PolicyRoutes.Way]) -> Duration {
    let links = stack.longestHold
    let hops = ways.map { $0.hops.count - 1 }.max() ?? 1
    let policies = ledger.withLock { ledger in
      ledger.policies.values.map { $0.policy.impairment.longestHold }
    }
    return policies.reduce(links * max(1, hops), +)
  }

  func lift(policy name: String) throws(FaultError) {
    _ = fabric.lift(name)
    let mark = ledger.withLock { $0.policies.removeValue(forKey: name) }
    mark?.prober.end()
    mark?.asker?.end()
  }

  func traffic(under name: String) throws(FaultError) -> PolicyTraffic? {
    guard let mark = ledger.withLock({ $0.policies[name] }) else { return nil }
    return try attempt("read the fabric's counters") {
      var traffic = PolicyTraffic(mark.routes, since: mark.before, until: try fabric.counters())
      if let selected = fabric.counters(under: name) { traffic.add(selected) }
      traffic.probes = mark.prober.ways
      traffic.connections = try mark.connections.map {
        ConnectionsLeft(before: $0.count, left: try $0.left(in: self))
      }
      traffic.asked = mark.asker?.asked ?? []
      return traffic
    }
  }
}

extension PolicyTraffic {
  /// What the fabric did between two moments on the ways of which a policy is about every packet.
  init(_ routes: PolicyRoutes, since before: FabricCounters, until after: FabricCounters) {
    self.init(dropped: 0, passed: 0)
    length = before.at.duration(to: after.at)
    let whole = routes.paths.filter { $0.match == nil }
    for pair in after.pairs where whole.contains(where: { $0.covers(pair.source, pair.target) }) {
      add(pair.counters.since(before.counters(from: pair.source, to: pair.target)))
    }
  }

  /// Adds what the fabric did somewhere.
  mutating func add(_ change: PairCounters) {
    dropped += Int(clamping: change.dropped.total)
    passed += Int(clamping: change.passedFrames)
    passedBytes += Int(clamping: change.passedBytes)
    waited += Int(clamping: change.delayedFrames)
    duplicated += Int(clamping: change.duplicatedFrames)
    reordered += Int(clamping: change.reorderedFrames)
    corrupted += Int(clamping: change.corruptedFrames)
    tooLarge += Int(clamping: change.dropped.size)
    queueFull += Int(clamping: change.dropped.rate)
    replaced += Int(clamping: change.dropped.replaced)
    guard let hold = change.held.minimum else { return }
    shortestHold = min(shortestHold ?? hold, hold)
  }
}

extension Policy {
  /// Whether it ends TCP connections.
  fileprivate var resets: Bool { if case .resets? = impairment.forgery { true } else { false } }
}

extension [InstanceID] {
  /// An instance's place in an order; those that are not in it come last.
  func rank(_ id: InstanceID) -> Int { firstIndex(of: id) ?? count }
}
