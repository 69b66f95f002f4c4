import Basics

/// Messages that wait until they are consumed, all at a time.
struct LegalMessages: LegalObject {
  private var waiting: [Int] = []
  private var next = 1

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    guard chance.roll(Ratio(0.6)) else { return LegalCall(function: "consume") }
    next += 1
    return LegalCall(function: "publish", argument: .integer(next))
  }

  mutating func apply(_ call: LegalCall) -> Term {
    guard case .integer(let message) = call.argument else {
      defer { waiting = [] }
      return .integers(waiting)
    }
    waiting.append(message)
    return call.argument
  }

  /// The second finds nothing.
  func finalCalls() -> [LegalCall] {
    [LegalCall(function: "consume"), LegalCall(function: "consume")]
  }

  /// What a consume of unknown outcome was delivered, nobody can tell.
  func mayBeUnknown(_ call: LegalCall) -> Bool { call.function == "publish" }
}

/// Timers without a delay, which fire when they are set.
struct LegalTimers: LegalObject {
  private var fired: [Int] = []
  private var next = 1

  mutating func nextCall(_ chance: inout Chance) -> LegalCall {
    guard chance.roll(Ratio(0.6)) else { return LegalCall(function: "fired") }
    next += 1
    return LegalCall(function: "set", argument: .integers([next, 0]))
  }

  mutating func apply(_ call: LegalCall) -> Term {
    guard case .list(let parts) = call.argument, case .integer(let timer) = parts[0] else {
      return .integers(fired)
    }
    fired.append(timer)
    return call.argument
  }

  func finalCalls() -> [LegalCall] {
    ["a", "b"].map { LegalCall(function: "fired", node: $0, isFinal: true) }
  }
}
