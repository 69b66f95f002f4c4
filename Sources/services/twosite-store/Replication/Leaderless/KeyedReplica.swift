import ServiceGround

/// A running replica of the mode without a leader: keys and values, the later write stays; safe to
/// ask from any thread.
protocol KeyedReplica: AnyObject, Sendable {
  /// Writes; `.done([])` once a write quorum has it durably. `.refused` where nothing was written
  /// anywhere.
  func put(_ key: String, _ value: [UInt8], until deadline: Deadline) -> Submission

  /// Deletes, as durably as a write.
  func delete(_ key: String, until deadline: Deadline) -> Submission

  /// What a read quorum has.
  func get(_ key: String, until deadline: Deadline) -> KeyedAnswer

  /// What a read quorum has under every key that begins with `prefix`, in the order of keys.
  func scan(_ prefix: String, until deadline: Deadline) -> KeyedAnswer

  /// What this replica alone has under every key that begins with `prefix`, for those who compare
  /// replicas.
  func local(_ prefix: String) -> [KeyedValue]

  var status: ReplicaStatus { get }

  /// Ends it in good order. What was acknowledged is kept however it ends.
  func stop()
}

/// A key with its value.
struct KeyedValue: Sendable, Equatable {
  var key: String
  var value: [UInt8]
}

/// What a question to a `KeyedReplica` brought.
enum KeyedAnswer: Sendable, Equatable {
  /// What is there, in the order of keys; empty where nothing is.
  case found([KeyedValue])
  /// No quorum answered in time; the sentence says who was missing.
  case refused(String)
}
