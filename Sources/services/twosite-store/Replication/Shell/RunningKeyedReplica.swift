import ServiceGround

/// A replica without a leader with its disk and its peers: one thread feeds the core and does what
/// it says.
final class RunningKeyedReplica: KeyedReplica, @unchecked Sendable {
  private enum Letter: Sendable {
    case input(KeyedCore.Input)
    case local(String, Awaited<[KeyedValue]>)
    case put(UInt64, String, [UInt8]?, Awaited<Submission>)
    case get(UInt64, KeyedScope, Awaited<[KeyedValue]>)
  }

  private let membership: Membership
  private let mailbox = Mailbox<Letter>()
  private let ended = Awaited<Void>()
  private let shared: SharedStatus
  private let numbers = Numbers(after: UInt64.random(in: 0..<1 << 48) << 8)
  private let pace: Duration

  // Of the core's thread alone.
  private var core: KeyedCore
  private var writers: [UInt64: Awaited<Submission>] = [:]
  private var readers: [UInt64: Awaited<[KeyedValue]>] = [:]
  private var disk: DiskThread!
  private var network: PeerNetwork!

  init(_ membership: Membership) throws(StoreError) {
    self.membership = membership
    var recovered = Recovered()
    let disk = try ReplicaDisk.open(
      membership.folder, defects: membership.defects, into: &recovered)
    pace = min(membership.timings.heartbeat / 4, .milliseconds(25))
    core = KeyedCore(membership.coreSettings, recovered, now: Self.now)
    shared = SharedStatus(core.status)
    self.disk = DiskThread(disk) { [mailbox] in mailbox.post(.input(.persisted($0))) }
    do throws(StoreError) {
      network = try PeerNetwork(membership) { [mailbox, membership] name, message in
        guard let place = membership.members.firstIndex(where: { $0.name == name }),
          case .keyed(let message) = message
        else { return }
        mailbox.post(.input(.received(from: place, message)))
      }
    } catch {
      self.disk.stop()
      throw error
    }
    Background.run { [self] in work() }
  }

  func put(_ key: String, _ value: [UInt8], until deadline: Deadline) -> Submission {
    write(key, value, deadline)
  }

  func delete(_ key: String, until deadline: Deadline) -> Submission { write(key, nil, deadline) }

  func get(_ key: String, until deadline: Deadline) -> KeyedAnswer { read(.key(key), deadline) }

  func scan(_ prefix: String, until deadline: Deadline) -> KeyedAnswer {
    read(.prefix(prefix), deadline)
  }

  func local(_ prefix: String) -> [KeyedValue] {
    let client = Awaited<[KeyedValue]>()
    mailbox.post(.local(prefix, client))
    return client.wait(until: .after(.seconds(5))) ?? []
  }

  var status: ReplicaStatus { shared.status }

  func stop() {
    network.stop()
    mailbox.close()
    _ = ended.wait(until: .after(.seconds(10)))
    disk.stop()
  }

  private func write(_ key: String, _ value: [UInt8]?, _ deadline: Deadline) -> Submission {
    let (id, client) = (numbers.next(), Awaited<Submission>())
    mailbox.post(.put(id, key, value, client))
    if let end = client.wait(until: deadline) { return end }
    mailbox.post(.input(.gaveUp(id)))
    return .unknown("no quorum acknowledged it in time")
  }

  private func read(_ scope: KeyedScope, _ deadline: Deadline) -> KeyedAnswer {
    let (id, client) = (numbers.next(), Awaited<[KeyedValue]>())
    mailbox.post(.get(id, scope, client))
    if let found = client.wait(until: deadline) { return .found(found) }
    mailbox.post(.input(.gaveUp(id)))
    return .refused("no quorum answered in time")
  }

  private static var now: Duration { .nanoseconds(Deadline.after(.zero).nanoseconds) }

  private func work() {
    while let letters = mailbox.takeAll(until: .after(pace)) {
      var inputs = letters.compactMap { read($0) }
      inputs.append(.tick)
      for output in core.step(inputs, now: Self.now, wallMillis: Clock.unixMillis()) {
        obey(output)
      }
      shared.status = core.status
    }
    ended.answer(())
  }

  private func read(_ letter: Letter) -> KeyedCore.Input? {
    switch letter {
    case .input(let input):
      if case .gaveUp(let id) = input { (writers[id], readers[id]) = (nil, nil) }
      return input
    case .local(let prefix, let client):
      client.answer(Self.values(core.table.found(.prefix(prefix))))
      return nil
    case .put(let id, let key, let value, let client):
      writers[id] = client
      return .put(id, key, value)
    case .get(let id, let scope, let client):
      readers[id] = client
      return .get(id, scope)
    }
  }

  private func obey(_ output: KeyedCore.Output) {
    switch output {
    case .send(let place, let message):
      network.send(.keyed(message), to: membership.members[place].name)
    case .persist(let ticket, let write): disk.write(write, ticket: ticket)
    case .done(let id, _): writers.removeValue(forKey: id)?.answer(.done([]))
    case .found(let id, let records):
      readers.removeValue(forKey: id)?.answer(Self.values(records))
    }
  }

  /// What is not deleted.
  private static func values(_ records: [KeyedRecord]) -> [KeyedValue] {
    records.compactMap { record in
      record.value.map { KeyedValue(key: record.key, value: $0) }
    }
  }
}
