import ServiceGround

/// What a mode of replication keeps the same on every replica: an object that changes by commands
/// alone, so that the same commands in the same order make the same object everywhere.
protocol Replicated: Sendable {
  /// An empty one.
  init()

  /// One of what `snapshot` wrote; nil where the bytes are not such.
  init?(snapshot: [UInt8])

  /// Carries out a command and answers; the same on every replica. Time is whatever the command
  /// says.
  mutating func apply(_ command: [UInt8]) -> [UInt8]

  /// Answers a question and changes nothing.
  func answer(_ query: [UInt8]) -> [UInt8]

  /// The whole, for a replica that is too far behind for the log.
  func snapshot() -> [UInt8]
}

/// How a command ended, as far as the replica that was asked can know.
enum Submission: Sendable, Equatable {
  /// Done, and kept as the mode promises; the bytes are the answer.
  case done([UInt8])
  /// Certainly not done, now or later.
  case refused(String)
  /// Perhaps done, perhaps later, perhaps never.
  case unknown(String)
}

/// How fresh an answer must be.
enum Freshness: Sendable {
  /// As if asked after everything that was acknowledged before.
  case linearizable
  /// Whatever this replica has applied.
  case local
}

/// What a replica is to the others.
enum ReplicaRole: String, Sendable { case leader, follower, candidate, witness, peer, recovering }

/// What one replica knows of itself.
struct ReplicaStatus: Sendable, Equatable {
  var role: ReplicaRole
  /// The name of the leader, where one is known.
  var leader: String?
  /// The term (Raft) or the epoch of the primary; 0 where the mode has none.
  var term: UInt64
  /// How many commands are known to be kept, and how many of them were applied here.
  var committed: UInt64
  var applied: UInt64
  /// Whether a write that came now would be accepted, as far as this replica can tell.
  var takesWrites: Bool
  /// What was acknowledged here and is lost with this replica, as a sentence; nil where the mode
  /// loses nothing.
  var mayLose: String?
}

/// One running replica of any mode that replicates commands; safe to ask from any thread.
protocol Replica: AnyObject, Sendable {
  /// Submits a command and waits for its end, at most until `deadline`.
  func submit(_ command: [UInt8], until deadline: Deadline) -> Submission

  /// Asks a question; `.refused` where no such answer can be had, never `.unknown`.
  func ask(_ query: [UInt8], _ freshness: Freshness, until deadline: Deadline) -> Submission

  var status: ReplicaStatus { get }

  /// Ends it in good order. What was acknowledged is kept however it ends.
  func stop()
}
