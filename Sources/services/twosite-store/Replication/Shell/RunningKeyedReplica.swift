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

  private let shell: ReplicaShell<Letter>
  private let numbers = Numbers(after: UInt64.random(in: 0..<1 << 48) << 8)

  // Of the shell's thread alone.
  private var core: KeyedCore
  private var writers: [UInt64: Awaited<Submission>] = [:]
  private var readers: [UInt64: Awaited<[KeyedValue]>] = [:]

  init(_ membership: Membership) throws(StoreError) {
    var made: KeyedCore?
    shell = try ReplicaShell(
      membership, persisted: { .input(.persisted($0)) },
      received: { place, message in
        guard case .keyed(let message) = message else { return nil }
        return .input(.received(from: place, message))
      },
      start: { recovered in
        let core = KeyedCore(
          membership.coreSettings, recovered, now: CoreClock.now)
        made = core
        return core.status
      })
    core = made!
    shell.run({ [self] in step($0) })
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
    shell.mailbox.post(.local(prefix, client))
    return client.wait(until: .after(.seconds(5))) ?? []
  }

  var status: ReplicaStatus { shell.status }

  func stop() { shell.stop() }

  private func write(_ key: String, _ value: [UInt8]?, _ deadline: Deadline) -> Submission {
    let (id, client) = (numbers.next(), Awaited<Submission>())
    shell.mailbox.post(.put(id, key, value, client))
    if let end = client.wait(until: deadline) { return end }
    shell.mailbox.post(.input(.gaveUp(id)))
    return .unknown("no quorum acknowledged it in time")
  }

  private func read(_ scope: KeyedScope, _ deadline: Deadline) -> KeyedAnswer {
    let (id, client) = (numbers.next(), Awaited<[KeyedValue]>())
    shell.mailbox.post(.get(id, scope, client))
    if let found = client.wait(until: deadline) { return .found(found) }
    shell.mailbox.post(.input(.gaveUp(id)))
    return .refused("no quorum answered in time")
  }

  private func step(_ letters: [Letter]) -> ReplicaStatus {
    let inputs = letters.compactMap { read($0) } + [.tick]
    let outputs = core.step(
      inputs, now: CoreClock.now, wallMillis: Clock.unixMillis())
    for output in outputs { obey(output) }
    return core.status
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
      shell.send(.keyed(message), to: place)
    case .persist(let ticket, let write): shell.write(write, ticket: ticket)
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
