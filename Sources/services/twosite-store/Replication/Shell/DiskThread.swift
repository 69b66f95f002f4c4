import Glibc
import ServiceGround

/// Writes for a core in a thread of its own, so that a slow disk does not silence the member.
final class DiskThread: Sendable {
  private typealias Order = (ticket: UInt64, write: DiskWrite)
  private let orders = Mailbox<Order>()
  private let ended = Awaited<Void>()

  /// - Parameter persisted: called with a ticket once everything up to it is durable.
  init(_ disk: consuming ReplicaDisk, persisted: @escaping @Sendable (UInt64) -> Void) {
    let box = DiskBox(disk)
    Background.run { [orders, ended] in
      while let batch = orders.takeAll(until: .after(.seconds(3600))) {
        guard let last = batch.last else { continue }
        Self.write(batch.map(\.write), box)
        persisted(last.ticket)
      }
      box.disk = nil
      ended.answer(())
    }
  }

  func write(_ write: DiskWrite, ticket: UInt64) { orders.post((ticket, write)) }

  /// Returns once everything is written and the folder is free.
  func stop() {
    orders.close()
    _ = ended.wait(until: .after(.seconds(10)))
  }

  /// Once the disk has failed nobody knows what it holds: the member ends, and reads it when it
  /// starts again (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
  /// 2020).
  private static func write(_ writes: [DiskWrite], _ box: DiskBox) {
    do throws(StoreError) {
      for write in together(writes) { try box.write(write) }
    } catch {
      Notice.write("\(error); the member ends, for nobody knows what its disk holds")
      _exit(74)
    }
  }

  /// Entries that wait together become durable by one sync.
  private static func together(_ writes: [DiskWrite]) -> [DiskWrite] {
    writes.reduce(into: []) { merged, write in
      if let last = merged.indices.last, write.ballot == nil, write.snapshot == nil {
        merged[last].entries += write.entries
      } else {
        merged.append(write)
      }
    }
  }
}

/// The disk in the hands of its one thread.
private final class DiskBox: @unchecked Sendable {
  var disk: ReplicaDisk?

  init(_ disk: consuming ReplicaDisk) { self.disk = consume disk }

  func write(_ write: DiskWrite) throws(StoreError) { try disk?.write(write) }
}
