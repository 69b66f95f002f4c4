import Histories

/// The invocations and completions of some operations in real-time order.
///
/// A sweep visits the events in that order; what a checker knows at an event is what had happened
/// before it.
struct Sweep {
  struct Step {
    /// The position in `History.operations`.
    let position: Int
    let isInvocation: Bool
  }

  /// Positions times two, plus one for a completion.
  private let steps: [Int32]

  /// - Parameter positions: of operations, in any order.
  init(_ history: History, _ positions: some Collection<Int32>) {
    var last: Int32 = -1
    for position in positions {
      let operation = history.operations[Int(position)]
      last = max(last, operation.invocationIndex)
      if operation.completionIndex != .max { last = max(last, operation.completionIndex) }
    }
    steps =
      Int(last) <= 8 * positions.count + 1024
      ? Sweep.placed(history, positions, last: Int(last)) : Sweep.sorted(history, positions)
  }

  var all: some Sequence<Step> {
    steps.lazy.map { Step(position: Int($0 >> 1), isInvocation: $0 & 1 == 0) }
  }

  /// Events are dense numbers, so each is put where it belongs.
  private static func placed(
    _ history: History, _ positions: some Collection<Int32>, last: Int
  ) -> [Int32] {
    var slots = [Int32](repeating: -1, count: last + 1)
    for position in positions {
      let operation = history.operations[Int(position)]
      slots[Int(operation.invocationIndex)] = position << 1
      if operation.completionIndex != .max {
        slots[Int(operation.completionIndex)] = position << 1 | 1
      }
    }
    slots.removeAll { $0 < 0 }
    return slots
  }

  private static func sorted(
    _ history: History, _ positions: some Collection<Int32>
  ) -> [Int32] {
    var events: [(index: Int32, step: Int32)] = []
    for position in positions {
      let operation = history.operations[Int(position)]
      events.append((operation.invocationIndex, position << 1))
      if operation.completionIndex != .max {
        events.append((operation.completionIndex, position << 1 | 1))
      }
    }
    return events.sorted { $0.index < $1.index }.map(\.step)
  }
}
