/// What replicas without a leader say to each other; an answer has the number of its question.
enum KeyedMessage: Sendable, Equatable {
  case write(UInt64, [KeyedRecord])
  case wrote(UInt64)
  case read(UInt64, KeyedScope)
  case found(UInt64, [KeyedRecord])
  /// The hashes of all buckets of keys, to find where two replicas differ.
  case hashes([UInt32])
  /// All that the sender has in these buckets; and whether it wants the same from the other.
  case buckets([UInt8], [KeyedRecord], isQuestion: Bool)
}
