/// How replicas keep the same thing; each is right as far as its sentence goes.
enum Mode: String, CaseIterable, Sendable {
  /// Raft: acknowledged by a majority, so linearizable while a majority is there (Ongaro 2014).
  case raft
  /// A primary that acknowledges after its replica has it, too; a witness says who may be primary.
  case synchronous
  /// A primary that acknowledges by itself; what the replicas have not yet is lost with it.
  case asynchronous
  /// Any replica takes a write; of two writes to a key the later one stays.
  case leaderless
}

/// Starts this member in a mode that replicates commands.
///
/// The witness of a mode starts by the same call; it refuses every command and question.
func makeReplica<Machine: Replicated>(
  _ mode: Mode, _ membership: Membership, _ machine: Machine.Type
) throws(StoreError) -> any Replica {
  if let problem = membership.problem(in: mode) { throw .settings(problem) }
  switch mode {
  case .raft: return try RunningReplica<RaftCore, Machine>(membership)
  case .synchronous: return try RunningReplica<PrimaryCore<SynchronousWay>, Machine>(membership)
  case .asynchronous: return try RunningReplica<PrimaryCore<AsynchronousWay>, Machine>(membership)
  case .leaderless: throw .settings("without a leader there are keys, not commands")
  }
}

/// Starts this member without a leader.
func makeKeyedReplica(_ membership: Membership) throws(StoreError) -> any KeyedReplica {
  if let problem = membership.problem(in: .leaderless) { throw .settings(problem) }
  return try RunningKeyedReplica(membership)
}
