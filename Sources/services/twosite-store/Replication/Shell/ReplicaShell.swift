import ServiceGround

/// What every running replica is made of besides its core: its disk, its peers, and one thread that
/// takes what happened, letter by letter.
final class ReplicaShell<Letter: Sendable>: @unchecked Sendable {
  let mailbox = Mailbox<Letter>()
  private let membership: Membership
  private let shared: SharedStatus
  private let ended = Awaited<Void>()
  private let pace: Duration
  private let disk: DiskThread
  private let network: PeerNetwork

  /// - Parameters:
  ///   - persisted: what says that everything up to a ticket is durable.
  ///   - received: what says that a member, by its place, sent a message; nil for what is ignored.
  ///   - start: makes the core of what the disk holds.
  init(
    _ membership: Membership, persisted: @escaping @Sendable (UInt64) -> Letter,
    received: @escaping @Sendable (Int, PeerMessage) -> Letter?,
    start: (Recovered) -> ReplicaStatus
  ) throws(StoreError) {
    self.membership = membership
    var recovered = Recovered()
    let opened = try ReplicaDisk.open(
      membership.folder, defects: membership.defects, into: &recovered)
    pace = min(membership.timings.heartbeat / 4, .milliseconds(25))
    shared = SharedStatus(start(recovered))
    disk = DiskThread(opened) { [mailbox] in mailbox.post(persisted($0)) }
    do throws(StoreError) {
      network = try PeerNetwork(membership) { [mailbox, membership] name, message in
        guard let place = membership.members.firstIndex(where: { $0.name == name }),
          let letter = received(place, message)
        else { return }
        mailbox.post(letter)
      }
    } catch {
      disk.stop()
      throw error
    }
  }

  /// Hands what happened to `step`, in a thread of its own, until the shell is stopped: at least once
  /// in every pace, letters or none.
  func run(
    _ step: @escaping @Sendable ([Letter]) -> ReplicaStatus,
    atTheEnd end: @escaping @Sendable () -> Void = {}
  ) {
    Background.run { [self] in
      while let letters = mailbox.takeAll(until: .after(pace)) { shared.status = step(letters) }
      end()
      ended.answer(())
    }
  }

  var status: ReplicaStatus { shared.status }

  func send(_ message: PeerMessage, to place: Int) {
    network.send(message, to: membership.members[place].name)
  }

  func write(_ write: DiskWrite, ticket: UInt64) { disk.write(write, ticket: ticket) }

  func stop() {
    network.stop()
    mailbox.close()
    _ = ended.wait(until: .after(.seconds(10)))
    disk.stop()
  }
}

/// The time as cores want it: since some fixed moment.
enum CoreClock {
  static var now: Duration { .nanoseconds(Deadline.after(.zero).nanoseconds) }
}
