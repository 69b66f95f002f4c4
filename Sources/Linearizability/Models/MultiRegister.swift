import Histories

/// Several registers, read and written together by transactions.
///
/// Registers that no transaction ever touches together are independent: each connected group of
/// registers is a part of its own.
struct MultiRegister: SequentialModel {
  /// By the register's place in its group.
  typealias State = [Value]

  struct Step: Hashable {
    let register: Int32
    let value: Value
    let isRead: Bool
  }

  typealias Call = [Step]

  private var context: ModelContext
  /// The group of a register and its place there.
  private var places: [Value: (group: Value, place: Int32)] = [:]
  private var members: [Value: [Value]] = [:]
  private var initials: [Value: Value] = [:]

  init(_ context: ModelContext, _ history: History) {
    self.context = context
    var groups = Groups()
    for operation in history.operations where context.counts(operation) {
      let registers = steps(of: operation)?.map(\.register) ?? []
      for register in registers { groups.join(registers[0], register) }
    }
    for (register, group) in groups.sorted() {
      places[register] = (group, Int32(members[group, default: []].count))
      members[group, default: []].append(register)
      initials[register] = self.context.canonical(written(register))
    }
  }

  private typealias RawStep = (register: Value, value: Value, isRead: Bool)

  /// The steps of a transaction, or nil when its value is not a list of them.
  private func steps(of operation: Operation) -> [RawStep]? {
    let isKnown = operation.outcome == .ok && operation.result.kind == .list
    let list = isKnown ? operation.result : operation.argument
    guard context.role(of: operation) == .transaction else { return nil }
    guard let elements = context.values.elements(list) else { return nil }
    var steps: [RawStep] = []
    for element in elements {
      guard let step = context.values.elements(element), step.count == 3 else { return nil }
      switch context.values.text(step.first!) {
      case "r", "read": steps.append((step[step.startIndex + 1], step.last!, true))
      case "w", "write": steps.append((step[step.startIndex + 1], step.last!, false))
      default: return nil
      }
    }
    return steps
  }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    guard let raw = steps(of: operation) else {
      return context.foreign(operation, to: "multi-register")
    }
    var call: Call = []
    var group = Value.none
    for step in raw {
      guard let place = places[step.register] else { continue }
      group = place.group
      let isJudged = !step.isRead || operation.outcome == .ok
      let value = step.isRead ? observed(step) : context.canonical(step.value)
      guard isJudged, let value else { continue }
      call.append(Step(register: place.place, value: value, isRead: step.isRead))
    }
    return call.isEmpty ? .nothing : .call(call, part: group)
  }

  private mutating func observed(_ step: RawStep) -> Value? {
    guard step.value.isNone else { return context.canonical(step.value) }
    return context.nilReads == .anything ? nil : initials[step.register]
  }

  /// What the settings say about a register's initial value.
  private func written(_ register: Value) -> Value {
    guard let pairs = context.values.pairs(context.initial) else { return context.initial }
    for key in stride(from: pairs.startIndex, to: pairs.endIndex, by: 2)
    where context.values.areEqual(pairs[key], register) {
      return pairs[key + 1]
    }
    return .none
  }

  func initialState(of part: Value) -> State { members[part, default: []].map { initials[$0]! } }

  func apply(_ call: Call, to state: State) -> State? {
    var state = state
    for step in call {
      if step.isRead {
        guard state[Int(step.register)] == step.value else { return nil }
      } else {
        state[Int(step.register)] = step.value
      }
    }
    return state
  }

  func nature(of call: Call) -> Nature {
    if call.allSatisfy(\.isRead) { return .reading }
    if call.contains(where: \.isRead) { return .conditional }
    return initials.count == members.count ? .overwriting : .blind
  }

  static func heapBytes(of state: State) -> Int { 32 + state.count * 8 }

  func describe(_ state: State) -> String {
    "[" + state.map(context.values.describe).joined(separator: " ") + "]"
  }
}

/// Which registers belong together: a forest of sets (Galler and Fischer 1964).
private struct Groups {
  private var parents: [Value: Value] = [:]
  private var order: [Value] = []

  private mutating func root(of register: Value) -> Value {
    if parents[register] == nil {
      parents[register] = register
      order.append(register)
    }
    var root = register
    while let parent = parents[root], parent != root {
      parents[root] = parents[parent]
      root = parents[root]!
    }
    return root
  }

  mutating func join(_ a: Value, _ b: Value) {
    let (left, right) = (root(of: a), root(of: b))
    parents[left] = right
  }

  /// Every register with its group, in the order of first use.
  mutating func sorted() -> [(register: Value, group: Value)] {
    order.map { ($0, root(of: $0)) }
  }
}
