internal import Histories

/// Puts the events of operations, which come in the order of completions, back into the order in which they
/// happened: what comes too early waits.
struct EventOrder {
  /// The position whose event is next.
  private(set) var next: Int64 = 0
  private var waiting: [Int64: Event] = [:]

  /// There are events that still wait for others.
  var isWaiting: Bool { !waiting.isEmpty }

  /// The next event was found elsewhere; false where one waits for its position, too.
  mutating func pass() -> Bool {
    next += 1
    return waiting.isEmpty || waiting[next - 1] == nil
  }

  /// Keeps an event until it is next; false where another is, or was, at its position.
  mutating func keep(_ event: Event, at position: Int64) -> Bool {
    position >= next && waiting.updateValue(event, forKey: position) == nil
  }

  /// The next event, where it waits.
  mutating func take() -> Event? {
    guard !waiting.isEmpty, let event = waiting.removeValue(forKey: next) else { return nil }
    next += 1
    return event
  }
}
