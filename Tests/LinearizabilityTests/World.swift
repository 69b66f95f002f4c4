import Basics
import Histories

/// A model's specification written a second time, in plain numbers, to hold the first against:
/// what operations there are, what each may do and return, and how a history writes them.
struct World: Sendable, CustomStringConvertible {
  let model: String
  var settings: [String: Setting] = [:]
  let initial: [Int]
  /// A random operation's name and arguments.
  let draw: @Sendable (inout Chance) -> (f: String, arguments: [Int])
  /// What an operation may do: the state afterwards, and what it returns; nil for nothing.
  let outcomes: @Sendable (TinyOperation, [Int]) -> [(state: [Int], result: [Int]?)]
  /// Another result that such an operation could have.
  let noise: @Sendable (TinyOperation, inout Chance) -> [Int]
  var isKeyed = false

  var description: String { model }

  var allSettings: Settings {
    Settings(settings.merging(["model": .text(model)]) { old, _ in old })
  }

  func key(_ operation: TinyOperation) -> Value {
    isKeyed ? .small(Int64(operation.arguments[0]))! : .none
  }

  func argument(_ operation: TinyOperation, _ values: inout Values) -> Value {
    let arguments = Array(operation.arguments.dropFirst(isKeyed ? 1 : 0))
    switch operation.f {
    case "txn": return transaction(arguments, &values)
    case "cas": return values.list(arguments.map { .small(Int64($0))! })
    case "put", "append": return values.text(Self.text(arguments))
    default: return arguments.first.map { .small(Int64($0))! } ?? .none
    }
  }

  func result(_ operation: TinyOperation, _ values: inout Values) -> Value {
    let result = operation.result
    switch operation.f {
    case "txn": return transaction(result, &values)
    case "get": return values.text(Self.text(result))
    case "contains": return result == [1] ? .true : .false
    case "read" where model == "set": return values.list(result.map { .small(Int64($0))! })
    case "read", "dequeue": return result.first.map { .small(Int64($0))! } ?? .none
    default: return argument(operation, &values)
    }
  }

  private static func text(_ numbers: [Int]) -> String {
    numbers.map { "\($0);" }.joined()
  }

  private func transaction(_ steps: [Int], _ values: inout Values) -> Value {
    let step = stride(from: 0, to: steps.count, by: 3).map { at in
      let word = values.symbol(steps[at] == 0 ? "read" : "write")
      let value = steps[at + 2] < 0 ? Value.none : .small(Int64(steps[at + 2]))!
      return values.list([word, .small(Int64(steps[at + 1]))!, value])
    }
    return values.list(step)
  }
}

extension World {
  static let all: [World] = [
    register, uniqueRegister, casRegister, multiRegister, mutex, keyValue, uniqueKeyValue,
    appends, counter, set,
    elements, fifoQueue, unorderedQueue, emptyingQueue,
  ]

  static func small(_ chance: inout Chance) -> Int { Int.random(in: 1...3, using: &chance) }

  /// Read results: one number, or none for the initial value.
  static func someValue(_ operation: TinyOperation, _ chance: inout Chance) -> [Int] {
    Bool.random(using: &chance) ? [small(&chance)] : [small(&chance) + 1]
  }

  static let register = World(
    model: "register", initial: [],
    draw: { chance in
      Bool.random(using: &chance) ? ("write", [small(&chance)]) : ("read", [])
    },
    outcomes: { operation, state in
      operation.f == "read" ? [(state, state)] : [(operation.arguments, nil)]
    },
    noise: someValue)

  /// Values are nearly always different; equal ones must fall back to the search.
  static let uniqueRegister = World(
    model: "register", initial: [],
    draw: { chance in
      Bool.random(using: &chance)
        ? ("write", [Int.random(in: 1...12, using: &chance)]) : ("read", [])
    },
    outcomes: register.outcomes,
    noise: { _, chance in
      let value = Int.random(in: 0...12, using: &chance)
      return value == 0 ? [] : [value]
    })

  static let casRegister = World(
    model: "cas-register", initial: [],
    draw: { chance in
      switch Int.random(in: 0...2, using: &chance) {
      case 0: ("write", [small(&chance)])
      case 1: ("read", [])
      default: ("cas", [small(&chance), small(&chance)])
      }
    },
    outcomes: { operation, state in
      if operation.f != "cas" { return register.outcomes(operation, state) }
      return state == [operation.arguments[0]] ? [([operation.arguments[1]], nil)] : []
    },
    noise: someValue)

  static let multiRegister = World(
    model: "multi-register", settings: ["initial": .text("0"), "nil-reads": .text("initial")],
    initial: [0, 0, 0],
    draw: { chance in
      let count = Int.random(in: 1...4, using: &chance) == 1 ? 2 : 1
      let first = Int.random(in: 0...1, using: &chance)
      let steps = (0..<count).flatMap { step in
        let isWrite = Bool.random(using: &chance)
        return [isWrite ? 1 : 0, first + step, isWrite ? small(&chance) : -1]
      }
      return ("txn", steps)
    },
    outcomes: { operation, state in
      var state = state
      var result = operation.arguments
      for at in Swift.stride(from: 0, to: result.count, by: 3) {
        if result[at] == 1 {
          state[result[at + 1]] = result[at + 2]
        } else {
          result[at + 2] = state[result[at + 1]]
        }
      }
      return [(state, result)]
    },
    noise: { operation, chance in
      var result = operation.arguments
      for at in Swift.stride(from: 0, to: result.count, by: 3) where result[at] == 0 {
        result[at + 2] = Int.random(in: 0...3, using: &chance)
      }
      return result
    })

  static let mutex = World(
    model: "mutex", initial: [0],
    draw: { chance in (Bool.random(using: &chance) ? "acquire" : "release", []) },
    outcomes: { operation, state in
      if operation.f == "acquire" { return state == [0] ? [([1], nil)] : [] }
      return state == [1] ? [([0], nil)] : []
    },
    noise: { _, _ in [] })

  /// The state is a list of key, length, elements for each of two keys.
  static let keyValue = World(
    model: "kv", initial: [0, 0],
    draw: { chance in
      let key = Int.random(in: 0...1, using: &chance)
      switch Int.random(in: 0...2, using: &chance) {
      case 0: return ("put", [key, small(&chance)])
      case 1: return ("append", [key, small(&chance)])
      default: return ("get", [key])
      }
    },
    outcomes: { operation, state in
      var texts = [Array(state[2..<2 + state[0]]), Array(state[(2 + state[0])...])]
      let key = operation.arguments[0]
      switch operation.f {
      case "get": return [(state, texts[key])]
      case "put": texts[key] = [operation.arguments[1]]
      default: texts[key].append(operation.arguments[1])
      }
      return [([texts[0].count, texts[1].count] + texts[0] + texts[1], nil)]
    },
    noise: { _, chance in
      (0..<Int.random(in: 0...2, using: &chance)).map { _ in small(&chance) }
    },
    isKeyed: true)

  static let counter = World(
    model: "counter", initial: [0],
    draw: { chance in
      Bool.random(using: &chance) ? ("add", [small(&chance) - 2]) : ("read", [])
    },
    outcomes: { operation, state in
      operation.f == "read" ? [(state, state)] : [([state[0] + operation.arguments[0]], nil)]
    },
    noise: { _, chance in [Int.random(in: -1...2, using: &chance)] })
}
