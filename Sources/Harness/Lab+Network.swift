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
  func powerOff(_ id: NodeID) throws(FaultError) { try powerOff(id, tearing: nil) }

  func powerOff(_ id: NodeID, tearing cut: WriteCut?) throws(FaultError) {
    let node = try node(id)
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
      let prober = try WayProber(policy, probes, delay: heldAtPresent)
      fabric.impair(policy.name, policy.paths, policy.impairment)
      let mark = PolicyMark(policy: policy, before: try fabric.counters(), prober: prober)
      ledger.withLock { $0.policies[policy.name] = mark }
      try prober.start(clock)
    }
  }

  /// The longest that the links of the stack, and the policies that are in place, hold a frame.
  private var heldAtPresent: Duration {
    let links = stack.links.map { $0.delay + $0.jitter }.max() ?? .zero
    let policies = ledger.withLock { ledger in
      ledger.policies.values.map { $0.policy.impairment.longestHold }
    }
    return policies.reduce(links, +)
  }

  func lift(policy name: String) throws(FaultError) {
    _ = fabric.lift(name)
    let mark = ledger.withLock { $0.policies.removeValue(forKey: name) }
    mark?.prober.end()
  }

  func traffic(under name: String) throws(FaultError) -> PolicyTraffic? {
    guard let mark = ledger.withLock({ $0.policies[name] }) else { return nil }
    return try attempt("read the fabric's counters") {
      var traffic = mark.policy.traffic(since: mark.before, until: try fabric.counters())
      traffic.probes = mark.prober.ways
      return traffic
    }
  }
}

extension Policy {
  /// What the fabric did to the policy's pairs between two moments.
  func traffic(since before: FabricCounters, until after: FabricCounters) -> PolicyTraffic {
    var total = PolicyTraffic(dropped: 0, passed: 0)
    total.length = before.at.duration(to: after.at)
    for pair in after.pairs where paths.contains(where: { $0.covers(pair.source, pair.target) }) {
      let old = before.counters(from: pair.source, to: pair.target)
      let change = pair.counters.since(old)
      total.dropped += Int(clamping: change.dropped.total)
      total.passed += Int(clamping: change.passedFrames)
      total.passedBytes += Int(clamping: change.passedBytes)
      total.duplicated += Int(clamping: change.duplicatedFrames)
      total.reordered += Int(clamping: change.reorderedFrames)
      total.corrupted += Int(clamping: change.corruptedFrames)
      total.tooLarge += Int(clamping: change.dropped.size)
      guard let hold = change.held.minimum else { continue }
      total.shortestHold = min(total.shortestHold ?? hold, hold)
    }
    return total
  }
}

extension [InstanceID] {
  /// An instance's place in an order; those that are not in it come last.
  func rank(_ id: InstanceID) -> Int { firstIndex(of: id) ?? count }
}
