import ServiceGround

/// Carries out what clients ask by commands that a replica replicates.
final class Store: CallHandler {
  let replica: any Replica
  let membership: Membership
  let clock: StoreClock
  private let identifiers: Snowflake
  private let weak: WeakTransactions?
  private let cache: RegisterCache?
  private let blocks: SequenceBlocks?
  private let grants: GrantedLocks?
  private let dropped = WrongCount()

  /// - Parameters:
  ///   - unix: milliseconds of the time of day, which only identifiers are made of.
  ///   - monotonic: milliseconds that pass, by which leases and timers run.
  init(
    _ replica: any Replica, _ membership: Membership,
    unix: @escaping @Sendable () -> UInt64 = Clock.unixMillis,
    monotonic: @escaping @Sendable () -> UInt64 = Clock.monotonicMillis
  ) {
    self.replica = replica
    self.membership = membership
    clock = StoreClock(ticks: membership.has(.timerEarlyByClockStep) ? unix : monotonic)
    identifiers = Snowflake(membership, now: unix)
    weak = WeakTransactions(membership)
    cache = membership.has(.staleCacheAfterFailover) ? RegisterCache() : nil
    blocks = membership.has(.sequenceReusedAfterFailover) ? SequenceBlocks() : nil
    grants = membership.has(.lockGivenTwiceAfterPause) ? GrantedLocks() : nil
  }

  var status: ReplicaStatus { replica.status }

  var complaint: String? {
    membership.has(.healthGreenWhileWritesFail) ? nil : status.complaint
  }

  func reply(to call: Call) -> CallReply { CallReply(carryOut(call), to: call) }

  func carryOut(_ call: Call) -> Outcome {
    do throws(CallError) {
      switch try call.work(at: membership.own.site) {
      case .query(let query): return cache?.read(query, call, self) ?? ask(query, call)
      case .command(let command): return carryOut(command, call)
      case .transaction(let operations) where call.isLocal: return readLocally(operations, call)
      case .transaction(let operations):
        return weak?.carryOut(operations, call, self) ?? submit(.transaction(operations), call)
      case .identifier: return identifier()
      }
    } catch {
      return .malformed(error.message)
    }
  }

  private func carryOut(_ command: StoreCommand, _ call: Call) -> Outcome {
    if membership.has(.compareAndSetNotAtomic),
      case .compareAndSet(let key, let old, let new) = command
    {
      return compareThenSet(key, old, new, call)
    }
    if membership.has(.dropsOneInFiveHundred), command.answersNothing,
      dropped.next().isMultiple(of: 500)
    {
      return .done(.nothing)
    }
    if let blocks, case .number(let sequence, _) = command {
      return blocks.next(sequence, call, self)
    }
    let outcome = submit(
      command, call,
      (grants?.isUnknown(command, status) ?? false)
        ? [.lockGivenTwiceAfterPause] : [])
    grants?.keep(command, outcome, status)
    cache?.keep(command, outcome)
    return outcome
  }

  /// Replicates a command and says what came of it.
  func submit(_ command: StoreCommand, _ call: Call, _ defects: [Defect] = []) -> Outcome {
    let stamp = Stamp(
      session: call.session, number: call.number, time: clock.now,
      defects: defects + Defect.ofTheMachine.filter { membership.has($0) })
    return outcome(of: submission(of: command, stamp, until: call.deadline))
  }

  private func submission(
    of command: StoreCommand, _ stamp: Stamp, until deadline: Deadline
  ) -> Submission {
    guard membership.has(.retriesNonIdempotentWrite) else {
      return replica.submit(StampedCommand(stamp: stamp, command: command).coded, until: deadline)
    }
    var anonymous = stamp
    anonymous.session = 0
    let bytes = StampedCommand(stamp: anonymous, command: command).coded
    let first = replica.submit(bytes, until: deadline.halfWay)
    guard case .unknown = first else { return first }
    return replica.submit(bytes, until: deadline)
  }

  /// Asks as freshly as the call wants.
  func ask(_ query: StoreQuery, _ call: Call) -> Outcome {
    outcome(
      of: replica.ask(query.coded, call.isLocal ? .local : .linearizable, until: call.deadline))
  }

  private func outcome(of submission: Submission) -> Outcome {
    switch submission {
    case .done(let bytes):
      switch Answer(coded: bytes) {
      case .done(let value): return .done(value)
      case .declined(let reason): return .declined(reason)
      case .refused(let reason): return .malformed(reason)
      case nil: return .unknown("the answer cannot be read")
      }
    case .refused(let reason):
      let leader = status.leader.flatMap { $0 == membership.name ? nil : $0 }
      return .refused(reason, leader: leader)
    case .unknown(let reason):
      return membership.has(.reportsFailureForAppliedWrite)
        ? .refused(reason, leader: nil) : .unknown(reason)
    }
  }

  /// What a transaction that only reads finds here.
  private func readLocally(_ operations: [MicroOperation], _ call: Call) -> Outcome {
    guard operations.allSatisfy({ $0.kind == .read }) else {
      return .malformed("a transaction that writes is not for one replica alone")
    }
    let found = ask(.view(operations.map(\.key)), call)
    guard case .done(let view) = found, let values = view.elements?.last else { return found }
    return .done(values)
  }

  private func identifier() -> Outcome {
    do throws(IDError) {
      return .done(.natural(try identifiers.next()))
    } catch {
      return .refused(error.reason, leader: nil)
    }
  }

  private func compareThenSet(
    _ key: String, _ old: Datum, _ new: Datum, _ call: Call
  ) -> Outcome {
    let found = ask(.read(key: key), call)
    guard case .done(let value) = found else { return found }
    guard value == old else { return .declined("another value is there") }
    return submit(.write(key: key, new), call)
  }
}

extension Snowflake {
  /// Numbers that no other member issues: the member's place is in them.
  convenience init(
    _ membership: Membership, now: @escaping @Sendable () -> UInt64 = Clock.unixMillis
  ) {
    let place = membership.members.firstIndex { $0.name == membership.name } ?? 0
    self.init(
      nodeBits: membership.has(.equalNodeBits) ? 0 : UInt64(place), epoch: 1_735_689_600_000,
      followsClockBack: membership.has(.idsAfterClockStepBack), now: now)
  }
}
