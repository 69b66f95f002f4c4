import Histories

/// A set that elements are added to and removed from, and that is read as a whole.
///
/// Without reads of the whole every operation touches one element, so each element is a part of
/// its own. A read of the whole sees all elements at one moment: then there is one part.
struct SetModel: SequentialModel {
  /// A bit for each element ever named, by its number; no trailing zero words.
  typealias State = [UInt64]

  enum Call: Hashable {
    case read(State)
    case contains(Int, Bool)
    case add(Int)
    case remove(Int)
  }

  private var context: ModelContext
  private var numbers: [Value: Int] = [:]
  private var elements: [Value] = []
  private let isByElement: Bool

  init(_ context: ModelContext, _ history: History) {
    self.context = context
    isByElement = history.operations.allSatisfy {
      let isWholeRead =
        context.role(of: $0) == .read && $0.outcome == .ok && !$0.result.isNone
      return $0.key.isNone && !isWholeRead
    }
  }

  private mutating func number(of element: Value) -> Int {
    // One bit is enough where each element is a part of its own.
    guard !isByElement else { return 0 }
    let element = context.canonical(element)
    if let number = numbers[element] { return number }
    numbers[element] = elements.count
    elements.append(element)
    return elements.count - 1
  }

  private func part(_ operation: Operation, _ element: Value) -> Value {
    isByElement ? element : operation.key
  }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    let element = context.canonical(operation.argument)
    let part = part(operation, element)
    switch context.role(of: operation) {
    case .read:
      guard operation.outcome == .ok, !operation.result.isNone else { return .nothing }
      guard let list = context.values.elements(operation.result) else { break }
      return .call(.read(list.reduce(into: []) { $0.set(number(of: $1), true) }), part: part)
    case .contains:
      guard operation.outcome == .ok else { return .nothing }
      guard operation.result == .true || operation.result == .false else { break }
      return .call(.contains(number(of: element), operation.result == .true), part: part)
    case .add: return .call(.add(number(of: element)), part: part)
    case .remove: return .call(.remove(number(of: element)), part: part)
    default: break
    }
    return context.foreign(operation, to: "set")
  }

  func initialState(of part: Value) -> State { [] }

  func apply(_ call: Call, to state: State) -> State? {
    switch call {
    case .read(let found): return state == found ? state : nil
    case .contains(let element, let isThere):
      return state.has(element) == isThere ? state : nil
    case .add(let element): return state.with(element, true)
    case .remove(let element): return state.with(element, false)
    }
  }

  func nature(of call: Call) -> Nature {
    switch call {
    case .read, .contains: .reading
    case .add, .remove: isByElement ? .overwriting : .blind
    }
  }

  func effect(of call: Call) -> Int? {
    if case .add(let element) = call { element } else { nil }
  }

  func need(of call: Call) -> Need<Int> {
    switch call {
    case .contains(let element, true): .one(element)
    case .read(let state): .all((0..<state.count * 64).filter(state.has))
    case .contains, .add, .remove: .nothing
    }
  }

  static func heapBytes(of state: State) -> Int { 32 + state.count * 8 }

  func describe(_ state: State) -> String {
    guard !isByElement else { return state.isEmpty ? "absent" : "present" }
    let present = elements.indices.filter(state.has).map { context.values.describe(elements[$0]) }
    return "#{" + present.joined(separator: " ") + "}"
  }
}

extension [UInt64] {
  fileprivate func has(_ bit: Int) -> Bool {
    bit / 64 < count && self[bit / 64] >> UInt64(bit % 64) & 1 == 1
  }

  fileprivate mutating func set(_ bit: Int, _ isSet: Bool) {
    if isSet {
      while count <= bit / 64 { append(0) }
      self[bit / 64] |= 1 << UInt64(bit % 64)
    } else if bit / 64 < count {
      self[bit / 64] &= ~(1 << UInt64(bit % 64))
      while last == 0 { removeLast() }
    }
  }

  fileprivate func with(_ bit: Int, _ isSet: Bool) -> [UInt64] {
    var copy = self
    copy.set(bit, isSet)
    return copy
  }
}
