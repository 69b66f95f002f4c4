import Basics
import ServiceGround

/// Carries out what can be had without a leader: registers, sets, and identifiers of one replica. Of two writes to a
/// register the later one stays; an element of a set is a key of its own, so none overwrites another.
final class KeyedStore: CallHandler {
  private let replica: any KeyedReplica
  private let membership: Membership
  private let identifiers: Snowflake

  init(_ replica: any KeyedReplica, _ membership: Membership) {
    self.replica = replica
    self.membership = membership
    identifiers = Snowflake(membership)
  }

  var status: ReplicaStatus { replica.status }

  var complaint: String? {
    status.takesWrites || membership.has(.healthGreenWhileWritesFail)
      ? nil : "no quorum can be reached"
  }

  func reply(to call: Call) -> CallReply { CallReply(carryOut(call), to: call) }

  private func carryOut(_ call: Call) -> Outcome {
    switch call.verb {
    case .write: put(Self.register(call.name), call)
    case .read: read(call)
    case .add: put(Self.element(call.name, call.value), call)
    case .elements: elements(call)
    case .id: identifier()
    default:
      .malformed("without a leader there are registers, sets and ids, but no \(call.verb)")
    }
  }

  private static func register(_ name: String) -> String { "register/\(name)" }

  private static func element(_ set: String, _ element: JSON) -> String {
    "set/\(set)/\(element.text())"
  }

  /// To put nothing is to delete.
  private func put(_ key: String, _ call: Call) -> Outcome {
    guard let datum = Datum(call.value) else {
      return .malformed("a whole number, a text or a list is expected")
    }
    let submission =
      datum == .nothing
      ? replica.delete(key, until: call.deadline)
      : replica.put(key, datum.coded, until: call.deadline)
    switch submission {
    case .done: return .done(.nothing)
    case .refused(let reason): return .refused(reason, leader: nil)
    case .unknown(let reason): return .unknown(reason)
    }
  }

  private func read(_ call: Call) -> Outcome {
    let key = Self.register(call.name)
    let answer =
      call.isLocal
      ? .found(replica.local(key).filter { $0.key == key })
      : replica.get(key, until: call.deadline)
    return outcome(answer) { $0.first ?? .nothing }
  }

  private func elements(_ call: Call) -> Outcome {
    let prefix = "set/\(call.name)/"
    let answer =
      call.isLocal
      ? .found(replica.local(prefix)) : replica.scan(prefix, until: call.deadline)
    return outcome(answer) { .list($0) }
  }

  private func outcome(_ answer: KeyedAnswer, _ make: ([Datum]) -> Datum) -> Outcome {
    switch answer {
    case .found(let values): .done(make(values.compactMap { Datum(coded: $0.value) }))
    case .refused(let reason): .refused(reason, leader: nil)
    }
  }

  private func identifier() -> Outcome {
    do throws(IDError) {
      return .done(.natural(try identifiers.next()))
    } catch {
      return .refused(error.reason, leader: nil)
    }
  }
}
