internal import Histories

/// What many rows of operations have in common: who did what, where, how it ended, and where in a row its
/// values stand.
///
/// What a history takes from the invocation (function, workload, schedule, whether it is a final read) is not
/// kept of the completion.
struct Manner: Equatable, Sendable {
  var process: Int32
  var function: FunctionID
  /// How it ended; never `invoke`.
  var kind: Event.Kind
  /// The server as the invocation names it.
  var node: LabelID
  /// The server as the completion names it.
  var endedNode: LabelID
  var workload: LabelID
  var isFinal: Bool
  /// The first value is a number that counts from the block's.
  var isRelative: Bool
  var places: Places
}

extension Manner: Hashable {
  /// Two words instead of twelve fields: a manner is looked up with every operation.
  func hash(into hasher: inout Hasher) {
    let done = UInt64(UInt32(bitPattern: process)) << 32
    hasher.combine(done | UInt64(function.index) << 16 | UInt64(node.index))
    let flags: UInt64 = (isFinal ? 1 << 16 : 0) | (isRelative ? 1 << 17 : 0)
    let told = UInt64(endedNode.index) << 48 | UInt64(workload.index) << 32 | flags
    hasher.combine(told | UInt64(kind.rawValue) << 20 | places.bits)
  }
}

/// Where in an operation's row a value stands: 0 for its `value`, 1 for its `rest`, and from 2 on for the
/// elements of the list that `rest` then is.
struct MannerPlace: Hashable, Sendable {
  let number: Int

  static let value = MannerPlace(number: 0)
  static let rest = MannerPlace(number: 1)
  /// An operation has no more than five values: one as it is and four in a list.
  static let last = 5

  /// The place of an element of `rest`.
  static func element(_ index: Int) -> MannerPlace { MannerPlace(number: index + 2) }

  /// Which element of `rest` it is; nil where it is none.
  var element: Int? { number >= 2 ? number - 2 : nil }
}

/// Where the values of an operation stand; nil for those that it has not. Two at one place are one value.
struct Places: Hashable, Sendable {
  /// The value of the invocation.
  var argument: MannerPlace?
  /// The key of the invocation.
  var key: MannerPlace?
  /// The value of the completion.
  var result: MannerPlace?
  /// The key of the completion.
  var endedKey: MannerPlace?
  var error: MannerPlace?

  /// All in 15 bits, none of which means two things.
  fileprivate var bits: UInt64 {
    func bits(_ place: MannerPlace?) -> UInt64 { UInt64((place?.number ?? -1) + 1) & 7 }
    return bits(argument) | bits(key) << 3 | bits(result) << 6 | bits(endedKey) << 9
      | bits(error) << 12
  }
}
