import Basics
import Disk
import Durability
import Linux
import Nodes
import Synchronization

/// The disks of a run, which a process beside the nodes serves.
final class Disks: Sendable {
  let client: DiskClient
  private let servant: Servant
  private let known = Mutex<Set<NodeID>>([])

  /// Starts the process; no disk is there yet.
  init(in space: RunSpace) throws {
    let ends = try Descriptor.releasingPair()
    let own = Descriptor(owning: ends.one)
    let theirs = Descriptor(owning: ends.other)
    servant = try space.startServant(DiskProcess.argument, input: theirs.raw)
    client = DiskClient(own)
  }

  /// The nodes that have one.
  var nodes: Set<NodeID> { known.withLock { $0 } }

  func has(_ node: NodeID) -> Bool { known.withLock { $0.contains(node) } }

  /// Makes the disk of a node, with its files in a folder, and mounts it.
  func make(for node: NodeID, in folder: String, at place: String) throws(Errno) {
    let backing = folder + "/backing"
    try DiskMount.makeBacking(backing)
    let device = try DiskMount.open()
    try DiskMount.mount(device, at: place)
    do throws(DiskError) {
      try client.serve(node.text, device, folder: backing)
    } catch {
      throw Errno(5, "serve the disk of \(node) (\(error))")
    }
    known.withLock { _ = $0.insert(node) }
  }

  /// Everything that was written so far is durable: what a stack was made of before anything is broken.
  func settle() throws {
    for node in nodes.sorted() { try client.settle(node.text) }
  }

  /// - Throws: when nobody serves the disks any more, for then every server on them has failed.
  func requireServed() throws {
    guard let end = servant.end else { return }
    throw HarnessError.other("the process that serves the disks of this run \(end)")
  }
}
