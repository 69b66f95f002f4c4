import Histories

/// A map whose keys are read, put, and appended to as texts; every key is a part of its own.
struct KeyValue: SequentialModel {
  enum State: Hashable {
    case value(Value)
    case text(String)
    /// Some text that is not the beginning of any that was read: until the next put no get is
    /// possible, so it matters no more which text it is.
    case unreadable
  }

  enum Call: Hashable {
    case get(State)
    case put(State)
    case append(String)
  }

  private var context: ModelContext
  private let hasAppends: Bool
  /// Every text that was read, sorted, where texts are appended to.
  private let texts: [String]

  init(_ context: ModelContext, _ history: History) {
    self.context = context
    hasAppends = context.roles.contains(.append)
    texts = hasAppends ? Self.textsRead(context, history) : []
  }

  private static func textsRead(_ context: ModelContext, _ history: History) -> [String] {
    let values = history.operations.lazy.filter {
      $0.outcome == .ok && context.role(of: $0) == .read
    }.map { context.target(of: $0).result }
    let texts = Set(values).compactMap { $0.kind == .text ? context.values.text($0) : nil }
    return texts.map(Bytes.init).sorted().map(\.text)
  }

  /// The text as a state: of those that nobody can read, one stands for all.
  private func readable(_ text: String) -> State {
    var (low, high) = (0, texts.count)
    let bytes = Bytes(text: text)
    while low < high {
      let middle = (low + high) / 2
      if Bytes(text: texts[middle]) < bytes { low = middle + 1 } else { high = middle }
    }
    let isRead = low < texts.count && texts[low].utf8.starts(with: text.utf8)
    return isRead ? .text(text) : .unreadable
  }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    let (key, argument, result) = context.target(of: operation)
    switch context.role(of: operation) {
    case .read:
      guard operation.outcome == .ok, let value = context.observed(result) else {
        return .nothing
      }
      return .call(.get(state(value)), part: key)
    case .write:
      let state = state(context.canonical(argument))
      if hasAppends, case .value = state { break }
      return .call(.put(state), part: key)
    case .append:
      guard let suffix = context.values.text(argument), startsAsText else { break }
      return .call(.append(suffix), part: key)
    default: break
    }
    return context.foreign(operation, to: "kv")
  }

  private func state(_ value: Value) -> State {
    value.kind == .text ? .text(context.values.text(value)!) : .value(value)
  }

  private var startsAsText: Bool {
    context.initial.isNone || context.initial.kind == .text
  }

  func initialState(of part: Value) -> State { settled(state(context.initial)) }

  private func settled(_ state: State) -> State {
    if hasAppends, case .text(let text) = state { readable(text) } else { state }
  }

  func apply(_ call: Call, to state: State) -> State? {
    switch (call, state) {
    case (.get(let found), _): state == found ? state : nil
    case (.put(let new), _): settled(new)
    case (.append(let suffix), .text(let text)): readable(text + suffix)
    case (.append(let suffix), .value(.none)): readable(suffix)
    case (.append, .unreadable): .unreadable
    case (.append, .value): nil
    }
  }

  func nature(of call: Call) -> Nature {
    switch call {
    case .get: .reading
    case .put: .overwriting
    case .append: .blind
    }
  }

  func effect(of call: Call) -> State? {
    if case .put(let state) = call { state } else { nil }
  }

  func need(of call: Call) -> Need<State> {
    switch call {
    case .get(let state): .one(state)
    case .put: .nothing
    case .append: .anything
    }
  }

  static func heapBytes(of state: State) -> Int {
    if case .text(let text) = state { text.utf8.count } else { 0 }
  }

  func describe(_ state: State) -> String {
    switch state {
    case .value(let value): context.values.describe(value)
    case .text(let text): "\"\(text)\""
    case .unreadable: "a text that was never read"
    }
  }
}

/// A text in the order of its bytes, not of Unicode's equivalences.
private struct Bytes: Comparable {
  let text: String

  static func < (a: Self, b: Self) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

  static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
}

extension ModelContext {
  /// The key of a map's operation, its argument and its result: the key of its own, or the first
  /// of a pair.
  func target(of operation: Operation) -> (key: Value, argument: Value, result: Value) {
    guard operation.key.isNone, let (key, argument) = pair(operation.argument) else {
      return (operation.key, operation.argument, operation.result)
    }
    return (key, argument, pair(operation.result)?.1 ?? operation.result)
  }

}
