import Basics

/// One call on an object.
struct LegalCall {
  var function: String
  var argument: Term = nil
  var key: Int?
  var node: String?
  var isFinal = false
}

/// An object that does what it should, one call after another.
protocol LegalObject {
  mutating func nextCall(_ chance: inout Chance) -> LegalCall
  /// Takes effect, and says what the client is told.
  mutating func apply(_ call: LegalCall) -> Term
  /// Calls at the end, when all is quiet.
  func finalCalls() -> [LegalCall]
  func mayBeUnknown(_ call: LegalCall) -> Bool
}

extension LegalObject {
  func finalCalls() -> [LegalCall] { [] }
  func mayBeUnknown(_ call: LegalCall) -> Bool { true }
}

/// A set, read as a whole; `add` and `read`, final reads at two replicas.
struct LegalSet: LegalObject {
  private var elements: [Int] = []
  private var next = 1
  var node: String?

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    guard chance.roll(Ratio(0.6)) else { return LegalCall(function: "read") }
    next += 1
    return LegalCall(function: "add", argument: .integer(next))
  }

  mutating func apply(_ call: LegalCall) -> Term {
    guard case .integer(let element) = call.argument else { return .integers(elements) }
    elements.append(element)
    return call.argument
  }

  func finalCalls() -> [LegalCall] {
    ["a", "b"].map { LegalCall(function: "read", node: $0, isFinal: true) }
  }
}

/// A counter that only goes up; also what `monotonic` reads.
struct LegalCounter: LegalObject {
  private var sum = 0

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    chance.roll(Ratio(0.5))
      ? LegalCall(function: "add", argument: .integer(Int.random(in: 1...5, using: &chance)))
      : LegalCall(function: "read")
  }

  mutating func apply(_ call: LegalCall) -> Term {
    guard case .integer(let amount) = call.argument else { return .integer(sum) }
    sum += amount
    return call.argument
  }

  func finalCalls() -> [LegalCall] { [LegalCall(function: "read")] }
}

/// A queue, first in first out; a dequeue finds nothing by being refused, so only full ones ask.
struct LegalQueue: LegalObject {
  private var elements: [Int] = []
  private var next = 1
  private var promised = 0
  let drains: Bool

  init(drains: Bool) { self.drains = drains }

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    if elements.count > promised + 3, chance.roll(Ratio(0.5)) {
      promised += 1
      return LegalCall(function: "dequeue")
    }
    next += 1
    return LegalCall(function: "enqueue", argument: .integer(next))
  }

  mutating func apply(_ call: LegalCall) -> Term {
    switch call.function {
    case "enqueue":
      if case .integer(let element) = call.argument { elements.append(element) }
      return call.argument
    case "drain":
      defer { elements = [] }
      return .integers(elements)
    default:
      promised -= 1
      return .integer(elements.removeFirst())
    }
  }

  func finalCalls() -> [LegalCall] { drains ? [LegalCall(function: "drain")] : [] }
  /// An element that may be anywhere in line makes the order of a queue exponentially dear.
  func mayBeUnknown(_ call: LegalCall) -> Bool { drains && call.function == "enqueue" }
}

/// A generator of identifiers.
struct LegalIdentifiers: LegalObject {
  private var next = 100

  mutating func nextCall(_ chance: inout Chance) -> LegalCall { LegalCall(function: "generate") }

  mutating func apply(_ call: LegalCall) -> Term {
    next += 1
    return .integer(next)
  }
}

/// Three accounts, and transfers between them that never overdraw one.
struct LegalBank: LegalObject {
  private var balances = [10, 10, 10]

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    guard chance.roll(Ratio(0.5)) else { return LegalCall(function: "read") }
    let parts = [Int.random(in: 0..<3, using: &chance), Int.random(in: 0..<3, using: &chance)]
    return LegalCall(function: "transfer", argument: .integers(parts))
  }

  mutating func apply(_ call: LegalCall) -> Term {
    if case .list(let parts) = call.argument, case .integer(let from) = parts[0],
      case .integer(let to) = parts[1], balances[from] > 0
    {
      balances[from] -= 1
      balances[to] += 1
    }
    guard call.function == "read" else { return call.argument }
    return .map(balances.enumerated().map { (.integer($0.offset), .integer($0.element)) })
  }

  func finalCalls() -> [LegalCall] { [LegalCall(function: "read")] }
}

/// Registers under three keys of their own, written with unique values.
struct LegalRegisters: LegalObject {
  private var values: [Int: Int] = [:]
  private var next = 1
  let keys: [Int?]

  init(keys: [Int?]) { self.keys = keys }

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    let key = keys.randomElement(using: &chance)!
    guard chance.roll(Ratio(0.5)) else { return LegalCall(function: "read", key: key) }
    next += 1
    return LegalCall(function: "write", argument: .integer(next), key: key)
  }

  mutating func apply(_ call: LegalCall) -> Term {
    guard case .integer(let value) = call.argument else {
      return values[call.key ?? 0].map { .integer($0) } ?? .none
    }
    values[call.key ?? 0] = value
    return call.argument
  }

  func finalCalls() -> [LegalCall] { keys.map { LegalCall(function: "read", key: $0) } }
}

/// A lock of a single client, for two of whom the second would wait.
struct LegalLock: LegalObject {
  private var isHeld = false

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    LegalCall(function: isHeld ? "release" : "acquire")
  }

  mutating func apply(_ call: LegalCall) -> Term {
    isHeld = call.function == "acquire"
    return nil
  }

  func mayBeUnknown(_ call: LegalCall) -> Bool { false }
}

/// Transactions on lists or registers under keys from 100, serial in the order they take effect.
struct LegalTransactions: LegalObject {
  enum Style { case lists, registers, longForkReads }
  let style: Style
  private var lists: [Int: [Int]] = [:]
  private var next = 1
  private var nextKey = 100

  init(_ style: Style) { self.style = style }

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    LegalCall(function: "txn", argument: .list(steps(&chance)))
  }

  private mutating func steps(_ chance: inout Chance) -> [Term] {
    if style == .longForkReads {
      if chance.roll(Ratio(0.4)) {
        nextKey += 1
        return [[.symbol("w"), .integer(nextKey), 1]]
      }
      return (max(101, nextKey - 2)..<max(103, nextKey + 1)).map {
        [.symbol("r"), .integer($0), nil]
      }
    }
    return (0..<Int.random(in: 1...3, using: &chance)).map { _ in
      let key = Term.integer(Int.random(in: 100...102, using: &chance))
      guard chance.roll(Ratio(0.5)) else { return [.symbol("r"), key, nil] }
      next += 1
      return [.symbol(style == .lists ? "append" : "w"), key, .integer(next)]
    }
  }

  mutating func apply(_ call: LegalCall) -> Term {
    guard case .list(let steps) = call.argument else { return nil }
    return .list(steps.map { apply(step: $0) })
  }

  private mutating func apply(step: Term) -> Term {
    guard case .list(let parts) = step, case .integer(let key) = parts[1] else { return step }
    if case .integer(let value) = parts[2] {
      lists[key, default: []].append(value)
      return step
    }
    let list = lists[key, default: []]
    let found: Term =
      style == .lists ? .integers(list) : list.last.map { .integer($0) } ?? .none
    return [parts[0], parts[1], found]
  }
}

/// A service with two servers that answer in turn.
struct LegalService: LegalObject {
  private var count = 0

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    count += 1
    return LegalCall(function: "read", node: count % 2 == 0 ? "a" : "b")
  }

  mutating func apply(_ call: LegalCall) -> Term { 1 }
}
