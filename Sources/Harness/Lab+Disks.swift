import Basics
import Disk
import Durability
import Faults
import Histories
import Linux
import Nodes
import Stacks
import Synchronization

/// What faults may do to the disks of nodes, and power to what is on them.
extension Lab {
  func losses(of node: NodeID) throws(FaultError) -> DiskLosses? {
    ledger.withLock { $0.losses[node] }
  }

  func powerOff(_ node: NodeID, tearing write: WriteCut) throws(FaultError) {
    guard disks?.has(node) == true else {
      throw FaultError("tear a write of \(node)", "it has plain folders")
    }
    try powerOff(node, tearing: Optional(write))
  }

  /// Takes a disk's power away: first it stands still, then who uses it is killed, then what was not
  /// durable is undone. Only then can those who waited for the disk end.
  func losePower(of disks: Disks, on node: Node, _ cut: WriteCut?) throws {
    try disks.client.freeze(node.name.text)
    try supervisor.strikeAll(on: node)
    let losses = try disks.client.losePower(
      of: node.name.text, torn: cut?.bytes ?? 0, lastAmong: cut?.paths)
    ledger.withLock { $0.losses[node.name] = losses }
    try note(losses, of: node.name)
  }

  /// A line of `disk-losses.jsonl` in the run's folder.
  private func note(_ losses: DiskLosses, of node: NodeID) throws(Errno) {
    guard case .object(let members) = losses.json else { return }
    let head: [JSON.Member] = [
      .init("at", .milliseconds(Instant.start.duration(to: clock.now))),
      .init("node", .string(node.text)),
    ]
    let file = try Descriptor.open(folder.path + "/disk-losses.jsonl", .append)
    try file.write(JSON.object(head + members).text() + "\n")
  }

  /// The disks, and the name of an instance's own folder on that of its node.
  private func disk(of id: InstanceID) throws(FaultError) -> (disks: Disks, folder: String) {
    guard let disks, disks.has(id.node) else {
      throw FaultError(
        "reach the disk of \(id)",
        "\(id.node) has plain folders, for its experiment did not ask for disks")
    }
    let folder = try instance(id).folder
    guard folder.hasPrefix("/run/") else {
      throw FaultError("reach the disk of \(id)", "\(folder) is not below /run")
    }
    return (disks, String(folder.dropFirst("/run/".count)))
  }

  func damage(_ damage: DiskDamage) throws(FaultError) {
    let (disks, folder) = try disk(of: damage.instance)
    let node = try node(damage.instance.node)
    try attempt("damage the disk of \(damage.instance)") {
      var rule = damage.rule
      rule.paths = rule.paths.below(folder)
      let prober = try DiskProber(rule.paths, in: node)
      try disks.client.add(rule, named: damage.name, to: damage.instance.node.text)
      ledger.withLock { $0.damages[damage.name] = DamageMark(damage: damage, prober: prober) }
      try prober.start(clock)
    }
  }

  func repair(_ name: String) throws(FaultError) {
    guard let mark = ledger.withLock({ $0.damages.removeValue(forKey: name) }) else { return }
    let (disks, _) = try disk(of: mark.damage.instance)
    try attempt("repair the disk of \(mark.damage.instance)") {
      try disks.client.remove(name, from: mark.damage.instance.node.text)
      mark.prober.end()
    }
  }

  func evidence(of name: String) throws(FaultError) -> DiskEvidence? {
    guard let mark = ledger.withLock({ $0.damages[name] }) else { return nil }
    let (disks, _) = try disk(of: mark.damage.instance)
    return try attempt("ask the disk of \(mark.damage.instance)") {
      let hits = try disks.client.hits(of: name, on: mark.damage.instance.node.text)
      return DiskEvidence(
        hits: hits ?? DiskHits(), before: mark.prober.before, since: mark.prober.newest)
    }
  }

  func soundness(of damage: DiskDamage) throws(FaultError) -> DiskProbing {
    let (_, folder) = try disk(of: damage.instance)
    let node = try node(damage.instance.node)
    return try attempt("probe the disk of \(damage.instance)") {
      try DiskProber(damage.rule.paths.below(folder), in: node).before
    }
  }
}

/// Flipping bits.
extension Lab {
  /// A bit that was inverted.
  struct FlipMark: Sendable {
    let instance: InstanceID
    var bit: FlippedBit
  }

  func flip(_ choice: BitChoice, of id: InstanceID, named name: String) throws(FaultError) {
    let (disks, folder) = try disk(of: id)
    try attempt("flip a bit of \(id)") {
      var chance = Chance(seed: seed).stream("bit flip \(name)")
      let files = try disks.client.files(choice.paths.below(folder), on: id.node.text)
        .filter { $0.size > (choice.offset ?? 0) }
      guard !files.isEmpty else {
        throw FaultError(
          "flip a bit of \(id)", "no file fits \(choice.paths.text) and is long enough")
      }
      let file = files[chance.below(files.count)]
      let offset = choice.offset ?? chance.below(file.size)
      let bit = choice.bit ?? chance.below(8)
      let path = String(file.path.dropFirst(folder.count + 1))
      let before = try read(path, at: offset, of: id)
      let flipped = FlippedBit(path: path, offset: offset, bit: bit, before: before, now: nil)
      ledger.withLock { $0.flips[name] = FlipMark(instance: id, bit: flipped) }
      _ = try disks.client.flip(bit: bit, at: offset, of: file.path, on: id.node.text)
    }
  }

  func flipped(_ name: String) throws(FaultError) -> FlippedBit? {
    guard let mark = ledger.withLock({ $0.flips[name] }) else { return nil }
    var bit = mark.bit
    // A file that was removed has no wrong bit any more.
    bit.now = try? read(bit.path, at: bit.offset, of: mark.instance)
    return bit
  }

  func flipBack(_ name: String) throws(FaultError) {
    guard let mark = ledger.withLock({ $0.flips[name] }),
      let bit = try flipped(name), bit.isInverted
    else { return }
    let (disks, folder) = try disk(of: mark.instance)
    try attempt("flip a bit of \(mark.instance) back") {
      _ = try disks.client.flip(
        bit: bit.bit, at: bit.offset, of: folder + "/" + bit.path, on: mark.instance.node.text)
    }
  }

  /// A byte as the file system gives it, past the kernel's cache.
  private func read(_ path: String, at offset: Int, of id: InstanceID) throws -> UInt8 {
    let file = try node(id.node).outside(try instance(id).folder + "/" + path)
    let bytes = try Linux.Thread.sync(named: "read a byte") { () throws(Errno) in
      try DiskMount.readDirectly(file, at: offset / 4096 * 4096)
    }
    guard offset % 4096 < bytes.count else {
      throw FaultError("read \(path)", "it ends before byte \(offset)")
    }
    return bytes[offset % 4096]
  }
}
