import Basics
import Durability
import Faults

/// Disks that only pretend.
struct FakeDisks {
  /// What a disk says it lost; nil for plain folders.
  var losses: DiskLosses?
  var damages: [String: DiskDamage] = [:]
  /// What probes got before a damage, and what they get while it lasts.
  var before = DiskProbing([.read: .init(error: nil, took: .zero)])
  var since: DiskProbing?
  /// Requests of servers that a rule met.
  var hits = 3
  var flips: [String: FlippedBit] = [:]
  /// The medium does not take the flip.
  var isStuck = false
}

extension FakeCluster {
  func losses(of node: NodeID) throws(FaultError) -> DiskLosses? { disks.losses }

  func powerOff(_ node: NodeID, tearing write: WriteCut) throws(FaultError) {
    try act("tear \(write.bytes) of \(write.paths.text)")
    try powerOff(node)
  }

  func damage(_ damage: DiskDamage) throws(FaultError) {
    let rule = damage.rule
    let operations = rule.operations.map(\.rawValue).sorted().joined(separator: ",")
    let effect =
      switch rule.effect {
      case .fail(let failure): failure.code
      case .slow(let latency, let bandwidth): "\(latency.text) \(bandwidth ?? 0)"
      }
    let most = rule.most.map { " \($0) times" } ?? ""
    try act("damage \(damage.name): \(effect) on \(operations) of \(rule.paths.text)\(most)")
    disks.damages[damage.name] = damage
  }

  func repair(_ name: String) throws(FaultError) {
    try act("repair \(name)")
    disks.damages[name] = nil
  }

  func evidence(of name: String) throws(FaultError) -> DiskEvidence? {
    guard disks.damages[name] != nil else { return nil }
    return DiskEvidence(
      hits: DiskHits(own: disks.hits), before: disks.before, since: disks.since)
  }

  func soundness(of damage: DiskDamage) throws(FaultError) -> DiskProbing { disks.before }

  func flip(_ choice: BitChoice, of instance: InstanceID, named name: String) throws(FaultError) {
    try act("flip \(name) in \(choice.paths.text)")
    let now: UInt8 = disks.isStuck ? 1 : 5
    disks.flips[name] = FlippedBit(
      path: choice.paths.text, offset: choice.offset ?? 7, bit: choice.bit ?? 2, before: 1, now: now
    )
  }

  func flipped(_ name: String) throws(FaultError) -> FlippedBit? { disks.flips[name] }

  func flipBack(_ name: String) throws(FaultError) {
    try act("flip back \(name)")
    disks.flips[name]?.now = 1
  }
}
