import Basics
import ServiceGround
import Synchronization

@testable import twosite_store

/// A clock that a test sets by hand.
final class StoreHandClock: Sendable {
  private let millisecond: Mutex<UInt64>
  init(_ start: UInt64) { millisecond = Mutex(start) }
  @Sendable func now() -> UInt64 { millisecond.withLock { $0 } }
  func set(_ value: UInt64) { millisecond.withLock { $0 = value } }
}

/// A store with one replica, and clocks that a test sets.
struct StoreScene {
  let replica = LoneReplica()
  let unix = StoreHandClock(1_800_000_000_000)
  let monotonic = StoreHandClock(1000)
  let store: Store

  init(_ defects: Set<Defect> = [], name: String = "a") {
    store = Store(
      replica, .three(defects, name: name), unix: unix.now, monotonic: monotonic.now)
  }

  func call(
    _ verb: StoreVerb, _ name: String = "", _ value: JSON = .null, isLocal: Bool = false
  ) -> Outcome {
    store.carryOut(
      Call(
        verb: verb, name: name, value: value, isLocal: isLocal, deadline: .after(.seconds(5))))
  }

  /// Whether the outcome is done; its value as clients see it, nil where it is not.
  func value(_ verb: StoreVerb, _ name: String = "", _ value: JSON = .null) -> JSON? {
    let call = Call(verb: verb, name: name, value: value, deadline: .after(.seconds(5)))
    guard case .done(let answer) = store.carryOut(call) else { return nil }
    return call.account(answer)
  }

  /// Does something just before a step of the replica, counted from now.
  func before(_ step: Int, _ action: @escaping @Sendable (LoneReplica) -> Void) {
    replica.state.withLock { $0.before[$0.steps + step] = action }
  }
}

extension LoneReplica {
  /// What another client does in between, past every executor.
  func doDirectly(_ commands: StoreCommand..., at time: UInt64 = 0) {
    state.withLock { state in
      for command in commands {
        _ = state.machine.apply(
          StampedCommand(stamp: Stamp(time: time), command: command).coded)
      }
    }
  }

  func cell(_ key: String) -> Datum? {
    state.withLock { state in
      guard
        case .done(let value) = Answer(
          coded: state.machine.answer(StoreQuery.read(key: key).coded))
      else { return nil }
      return value
    }
  }
}
