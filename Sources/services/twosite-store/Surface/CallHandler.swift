import Basics

/// Whatever carries out the calls of clients.
protocol CallHandler: Sendable {
  func reply(to call: Call) -> CallReply
  /// What this replica is at the moment.
  var status: ReplicaStatus { get }
  /// What `/health` says; nil while all is well.
  var complaint: String? { get }
}

/// What a client is told, whichever protocol it came by.
enum CallReply: Equatable, Sendable {
  case done(JSON)
  /// Nothing was done, and that is a good answer.
  case declined(String)
  /// It makes no sense.
  case malformed(String)
  /// Certainly not done; the leader's name, where another replica is known to lead.
  case refused(String, leader: String?)
  /// Perhaps done, now or later.
  case unknown(String)

  init(_ outcome: Outcome, to call: Call) {
    switch outcome {
    case .done(let answer): self = .done(call.account(answer))
    case .declined(let reason): self = .declined(reason)
    case .malformed(let reason): self = .malformed(reason)
    case .refused(let reason, let leader): self = .refused(reason, leader: leader)
    case .unknown(let reason): self = .unknown(reason)
    }
  }
}

extension ReplicaStatus {
  /// Why a client would better go elsewhere; nil while writes are taken here or by a leader that is known.
  var complaint: String? {
    takesWrites || leader != nil || role == .witness ? nil : "no leader is known"
  }
}
