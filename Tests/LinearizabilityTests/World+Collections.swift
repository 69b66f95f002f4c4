import Basics

extension World {
  static let set = World(
    model: "set", initial: [],
    draw: { chance in
      switch Int.random(in: 0...4, using: &chance) {
      case 0, 1: ("add", [small(&chance)])
      case 2: ("remove", [small(&chance)])
      case 3: ("contains", [small(&chance)])
      default: ("read", [])
      }
    },
    outcomes: { operation, state in
      switch operation.f {
      case "read": return [(state, state)]
      case "contains": return [(state, [state.contains(operation.arguments[0]) ? 1 : 0])]
      case "add": return [(Set(state + operation.arguments).sorted(), nil)]
      default: return [(state.filter { $0 != operation.arguments[0] }, nil)]
      }
    },
    noise: { operation, chance in
      if operation.f == "contains" { return [Int.random(in: 0...1, using: &chance)] }
      return (1...3).filter { _ in Bool.random(using: &chance) }
    })

  /// A set that is never read as a whole: each element is a part of its own.
  static let elements = World(
    model: "set", initial: [],
    draw: { chance in
      switch Int.random(in: 0...3, using: &chance) {
      case 0: ("add", [small(&chance)])
      case 1: ("remove", [small(&chance)])
      default: ("contains", [small(&chance)])
      }
    },
    outcomes: set.outcomes, noise: set.noise)

  static let fifoQueue = World(
    model: "fifo-queue", initial: [],
    draw: { chance in
      Bool.random(using: &chance) ? ("enqueue", [small(&chance)]) : ("dequeue", [])
    },
    outcomes: { operation, state in
      if operation.f == "enqueue" { return [(state + operation.arguments, nil)] }
      if state.isEmpty { return [([], [])] }
      return [(Array(state.dropFirst()), [state[0]])]
    },
    noise: { _, chance in Bool.random(using: &chance) ? [small(&chance)] : [] })

  /// Never seen empty: each value is a part of its own.
  static let unorderedQueue = World(
    model: "unordered-queue", initial: [],
    draw: fifoQueue.draw,
    outcomes: { operation, state in
      if operation.f == "enqueue" { return [(state + operation.arguments, nil)] }
      return Set(state).sorted().map { value in
        var rest = state
        rest.remove(at: rest.firstIndex(of: value)!)
        return (rest, [value])
      }
    },
    noise: { _, chance in [small(&chance)] })

  static let emptyingQueue = World(
    model: "unordered-queue", initial: [],
    draw: fifoQueue.draw,
    outcomes: { operation, state in
      if operation.f == "dequeue", state.isEmpty { return [([], [])] }
      return unorderedQueue.outcomes(operation, state)
    },
    noise: fifoQueue.noise)
}
