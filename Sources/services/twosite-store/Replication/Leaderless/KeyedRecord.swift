/// What a replica knows of one key: a value or, where it was deleted, that it was.
struct KeyedRecord: Sendable, Equatable {
  var key: String
  var stamp: HybridStamp
  /// Nil in a tombstone.
  var value: [UInt8]?
}

/// When a write was, so that any two are ordered: a hybrid logical clock, whose milliseconds are
/// the wall clock's or, where a later stamp was seen already, that stamp's (Kulkarni et al.,
/// "Logical Physical Clocks", OPODIS 2014).
struct HybridStamp: Sendable, Hashable, Comparable {
  static let never = HybridStamp(millis: 0, counter: 0, node: 0)

  var millis: UInt64
  var counter: UInt32
  /// The place of the replica that took the write.
  var node: UInt8

  static func < (left: HybridStamp, right: HybridStamp) -> Bool {
    (left.millis, left.counter, left.node) < (right.millis, right.counter, right.node)
  }

  /// The next stamp of `node` after this one, at the time of the wall clock.
  func next(_ wallMillis: UInt64, node: Int) -> HybridStamp {
    let isLater = wallMillis > millis
    return HybridStamp(
      millis: isLater ? wallMillis : millis, counter: isLater ? 0 : counter + 1, node: UInt8(node))
  }
}

/// What a question is about.
enum KeyedScope: Sendable, Equatable {
  case key(String)
  case prefix(String)

  func contains(_ key: String) -> Bool {
    switch self {
    case .key(let own): key == own
    case .prefix(let prefix): key.hasPrefix(prefix)
    }
  }
}
