public import Workloads

/// What a server answered to a command (RESP, version 2).
public enum RedisReply: Hashable, Sendable {
  /// Nothing is there, or nothing was done.
  case none
  /// A whole number.
  case integer(Int64)
  /// A text; of a status such as `OK`, its word.
  case text(String)
  /// Several, in order.
  case list([RedisReply])
  /// An error, in the server's words; the first is its kind.
  case error(String)

  /// As a value: a text that spells a whole number is one.
  public var payload: Payload {
    switch self {
    case .none: .none
    case .integer(let value): .integer(value)
    case .text(let text), .error(let text): Payload.text(text).spellingNumbers
    case .list(let replies): .list(replies.map(\.payload))
    }
  }

  /// As `ok-is` and `fail-is` spell it.
  var spelled: String { self == .none ? "nil" : payload.text }

  /// A list of keys and values in turn as a map.
  var map: Payload {
    guard case .list(let replies) = self else { return payload }
    return .map(
      stride(from: 0, to: replies.count - 1, by: 2).map { index in
        .init(replies[index].payload, replies[index + 1].payload)
      })
  }
}
