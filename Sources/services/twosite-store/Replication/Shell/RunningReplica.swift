import Glibc
import ServiceGround

/// A core, its disk, its peers and its machine: one thread takes what happened, asks the core and
/// does what it says.
final class RunningReplica<Core: ReplicationCore, Machine: Replicated>: Replica, @unchecked Sendable
{
  private enum Letter: Sendable {
    case input(CoreInput)
    case question([UInt8], Freshness, Awaited<Submission>)
    case command([UInt8], Awaited<Submission>)
  }

  private let shell: ReplicaShell<Letter>

  // Of the shell's thread alone.
  private var core: Core
  private var applier: Applier<Machine>
  /// A command has no query.
  private var waiting: [UInt64: (query: [UInt8]?, client: Awaited<Submission>)] = [:]
  private var lastID: UInt64 = 0

  init(_ membership: Membership) throws(StoreError) {
    var made: Core?
    shell = try ReplicaShell(
      membership, persisted: { .input(.persisted($0)) },
      received: { .input(.received(from: $0, $1)) },
      start: { recovered in
        let core = Core(
          membership.coreSettings, recovered, now: CoreClock.now)
        made = core
        return core.status
      })
    core = made!
    applier = Applier(defects: membership.defects)
    shell.run({ [self] in step($0) }, atTheEnd: { [self] in giveUp() })
  }

  func submit(_ command: [UInt8], until deadline: Deadline) -> Submission {
    let client = Awaited<Submission>()
    shell.mailbox.post(.command(command, client))
    return client.wait(until: deadline) ?? .unknown("it was not acknowledged in time")
  }

  func ask(_ query: [UInt8], _ freshness: Freshness, until deadline: Deadline) -> Submission {
    let client = Awaited<Submission>()
    shell.mailbox.post(.question(query, freshness, client))
    return client.wait(until: deadline) ?? .refused("no answer could be had in time")
  }

  var status: ReplicaStatus { shell.status }

  func stop() { shell.stop() }

  private func step(_ letters: [Letter]) -> ReplicaStatus {
    let inputs = letters.compactMap { read($0) } + [.tick]
    for output in core.step(inputs, now: CoreClock.now) { obey(output) }
    var status = core.status
    status.applied = applier.applied
    return status
  }

  /// Nobody waits for what will never be answered.
  private func giveUp() {
    let sentence = "the replica ends"
    for (_, waiter) in waiting {
      waiter.client.answer(waiter.query == nil ? .unknown(sentence) : .refused(sentence))
    }
  }

  private func read(_ letter: Letter) -> CoreInput? {
    switch letter {
    case .input(let input): return input
    case .command(let command, let client): return .submitted(wait(nil, client), command)
    case .question(let query, .local, let client):
      client.answer(.done(applier.machine.answer(query)))
      return nil
    case .question(let query, .linearizable, let client): return .asked(wait(query, client))
    }
  }

  private func wait(_ query: [UInt8]?, _ client: Awaited<Submission>) -> UInt64 {
    lastID += 1
    waiting[lastID] = (query, client)
    return lastID
  }

  private func obey(_ output: CoreOutput) {
    switch output {
    case .send(let place, let message): shell.send(message, to: place)
    case .persist(let ticket, let write): shell.write(write, ticket: ticket)
    case .answer(let id):
      guard let waiter = waiting.removeValue(forKey: id), let query = waiter.query else { return }
      waiter.client.answer(.done(applier.machine.answer(query)))
    case .refuse(let id, let sentence): finish(id, .refused(sentence))
    case .unknown(let id, let sentence): finish(id, .unknown(sentence))
    case .apply, .restore, .rollBack, .takeSnapshot:
      switch applier.take(output) {
      case .nothing: break
      case .answered(let id, let answer): finish(id, .done(answer))
      case .snapshot(let snapshot): shell.mailbox.post(.input(.snapshotTaken(snapshot)))
      }
    }
  }

  private func finish(_ id: UInt64, _ end: Submission) {
    waiting.removeValue(forKey: id)?.client.answer(end)
  }
}

/// The status, written by one thread and read by any.
final class SharedStatus: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: ReplicaStatus

  init(_ status: ReplicaStatus) {
    value = status
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  var status: ReplicaStatus {
    get {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      return value
    }
    set {
      pthread_mutex_lock(lock)
      value = newValue
      pthread_mutex_unlock(lock)
    }
  }
}

extension Membership {
  /// What the core of this member must know.
  var coreSettings: CoreSettings {
    func place(_ name: String) -> Int { members.firstIndex { $0.name == name }! }
    return CoreSettings(
      own: place(name), names: members.map(\.name), replicas: replicas.map { place($0.name) },
      witness: witness.map(place), timings: timings, defects: defects,
      seed: UInt64.random(in: 0...UInt64.max), entriesBetweenSnapshots: entriesBetweenSnapshots)
  }
}
