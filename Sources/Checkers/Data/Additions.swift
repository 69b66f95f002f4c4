import Histories

/// What is known of the elements that were added to a set under one key.
struct Additions {
  /// Everything anybody added or read.
  private(set) var elements = Elements()
  /// By element: when its first acknowledged addition completed, as an event; `.max` for none.
  private(set) var acknowledged: [Int32] = []
  /// By element: the position of that addition, else of the first attempt; -1 for a foreign one.
  private(set) var position: [Int32] = []
  /// By element: when its first addition that was not known to fail began; `.max` for none.
  private(set) var begun: [Int32] = []
  /// By element: whether every addition certainly failed.
  private(set) var isFailed: [Bool] = []
  /// Positions of successful reads that returned a list, in invocation order.
  private(set) var reads: [Int32] = []
  /// Reads that succeeded with something that is not a list.
  private(set) var unreadable: [Int32] = []
  private(set) var attemptCount = 0
  /// The last event that was the beginning of an addition.
  private(set) var lastBeginning: Int32 = -1

  init(_ history: History, _ group: KeyGroup) {
    let add = history.function("add")
    for place in group.positions {
      let operation = history.operations[Int(place)]
      if operation.function == add {
        take(operation, at: place, history)
      } else if operation.outcome == .ok {
        if history.values.elements(operation.result) != nil {
          reads.append(place)
        } else {
          unreadable.append(place)
        }
      }
    }
  }

  private mutating func take(_ operation: Operation, at place: Int32, _ history: History) {
    attemptCount += 1
    lastBeginning = max(lastBeginning, operation.invocationIndex)
    let element = number(operation.argument, history)
    if position[element] < 0 {
      position[element] = place
      isFailed[element] = true
    }
    guard operation.outcome != .fail else { return }
    isFailed[element] = false
    begun[element] = min(begun[element], operation.invocationIndex)
    if operation.outcome == .ok, operation.completionIndex < acknowledged[element] {
      acknowledged[element] = operation.completionIndex
      position[element] = place
    }
  }

  /// The number of an element, with room for what will be known of it.
  mutating func number(_ value: Value, _ history: History) -> Int {
    let element = elements.number(value, history)
    if element == position.count {
      acknowledged.append(.max)
      begun.append(.max)
      position.append(-1)
      isFailed.append(false)
    }
    return element
  }

  /// Nobody tried to add it.
  func isForeign(_ element: Int) -> Bool { position[element] < 0 }

  var acknowledgedCount: Int { acknowledged.reduce(0) { $0 + ($1 == .max ? 0 : 1) } }
}
