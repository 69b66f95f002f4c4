internal import Histories

/// Puts the events of operations, which come in the order of completions, back into the order in which they
/// happened: what comes too early waits in a heap.
///
/// A position that no event has, or that two have, shows as one that never comes next.
struct EventOrder {
  /// The position whose event is next.
  private(set) var next: Int64 = 0
  /// A heap: no event comes before the one at half its index.
  private var waiting: [(position: Int64, event: Event)] = []

  /// The first of those that wait; nil when none does.
  var first: Int64? { waiting.first?.position }

  /// The event of the next position was taken from elsewhere.
  mutating func pass() { next += 1 }

  /// Takes an event of any position.
  mutating func add(_ event: Event, at position: Int64) {
    var place = waiting.count
    waiting.append((position, event))
    while place > 0, waiting[(place - 1) / 2].position > position {
      waiting.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// The event of the next position, once it is here.
  mutating func take() -> Event? {
    guard let first = waiting.first, first.position == next else { return nil }
    let last = waiting.removeLast()
    if !waiting.isEmpty {
      waiting[0] = last
      sink()
    }
    next += 1
    return first.event
  }

  private mutating func sink() {
    var place = 0
    while 2 * place + 1 < waiting.count {
      var child = 2 * place + 1
      if child + 1 < waiting.count, waiting[child + 1].position < waiting[child].position {
        child += 1
      }
      guard waiting[child].position < waiting[place].position else { return }
      waiting.swapAt(child, place)
      place = child
    }
  }
}
