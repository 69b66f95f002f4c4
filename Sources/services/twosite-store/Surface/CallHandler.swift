/// Whatever carries out the calls of clients.
protocol CallHandler: Sendable {
  func carryOut(_ call: Call) -> Outcome
  /// What this replica is at the moment.
  var status: ReplicaStatus { get }
  /// What `/health` says; nil while all is well.
  var complaint: String? { get }
}

extension ReplicaStatus {
  /// Why a client would better go elsewhere; nil while writes are taken here or by a leader that is known.
  var complaint: String? {
    takesWrites || leader != nil || role == .witness ? nil : "no leader is known"
  }
}
