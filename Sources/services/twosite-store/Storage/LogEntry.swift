/// One entry of the replicated log.
struct LogEntry: Sendable, Equatable {
  enum Kind: UInt8, Sendable {
    /// What a client asked for.
    case command = 0
    /// Nothing; a new leader's first entry.
    case nothing = 1
    /// Where the log begins: just after the snapshot of this index and term. Only ever first in a
    /// file.
    case base = 2
  }

  var index: UInt64
  var term: UInt64
  var kind: Kind
  var command: [UInt8]

  /// What identifies it: no two entries of one term have the same index.
  var point: LogPoint { LogPoint(term: term, index: index) }
}

/// A place in the log: the later one is the more complete log's (Ongaro 2014, section 3.6.1).
struct LogPoint: Sendable, Equatable, Comparable {
  static let start = LogPoint(term: 0, index: 0)

  var term: UInt64
  var index: UInt64

  static func < (left: LogPoint, right: LogPoint) -> Bool {
    (left.term, left.index) < (right.term, right.index)
  }
}
