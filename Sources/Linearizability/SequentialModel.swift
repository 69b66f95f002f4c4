import Histories

/// What an object does when nobody else touches it: the specification that a concurrent history
/// is held against (Herlihy and Wing 1990).
///
/// A model is three functions: what an operation of a history means, the state at the start, and
/// what a call does to a state.
protocol SequentialModel {
  associatedtype State: Hashable
  /// A call with what it was seen to return: equal calls are interchangeable.
  associatedtype Call: Hashable
  /// What one call brings about and another may need.
  associatedtype Token: Hashable = Int

  init(_ context: ModelContext, _ history: History)

  /// What an operation of the history means; only asked for `ok` and `info`, and for the failures
  /// that `ModelContext.countsAsObserved` lets through.
  mutating func meaning(of operation: Operation) -> Meaning<Call>

  /// The state before the first operation of one part of the history.
  func initialState(of part: Value) -> State

  /// The state afterwards, or nil when the call cannot happen (or cannot return what it
  /// returned) in this state.
  func apply(_ call: Call, to state: State) -> State?

  func nature(of call: Call) -> Nature

  /// What the call brings about; nil when that cannot be said.
  ///
  /// A model that says it promises two things. Where a call that nobody made to return brings
  /// about what no later call needs, leaving it out makes no later call impossible. And where an
  /// overwriting call does, every later call but another overwriting one is refused.
  func effect(of call: Call) -> Token?

  /// What the call needs of those before it.
  func need(of call: Call) -> Need<Token>

  /// What a state holds on the heap, in bytes, for the memory budget.
  static func heapBytes(of state: State) -> Int

  /// The state as a person reads it.
  func describe(_ state: State) -> String
}

extension SequentialModel {
  static func heapBytes(of state: State) -> Int { 0 }

  func effect(of call: Call) -> Token? { nil }

  func need(of call: Call) -> Need<Token> { .anything }
}

/// What a call needs that an earlier call brought about.
enum Need<Token> {
  case nothing
  case one(Token)
  case all([Token])
  /// It cannot be said, or depends on everything.
  case anything
}

/// What an operation of a history is to a model.
enum Meaning<Call> {
  /// A call on one part of the object. Parts are independent: each operation touches exactly one,
  /// so the history is linearizable exactly when every part is (locality, Herlihy and Wing 1990).
  case call(Call, part: Value)
  /// It can neither be refused nor change anything.
  case nothing
  /// The model cannot judge it; the sentence says why.
  case foreign(String)
}

/// What may be known about a call without knowing the state.
enum Nature: UInt8 {
  /// Never changes the state; some states refuse it.
  case reading
  /// May change the state; some states refuse it.
  case conditional
  /// May change the state; no state refuses it.
  case blind
  /// No state refuses it, and the state afterwards says nothing about the one before.
  case overwriting

  var isRefusable: Bool { self == .reading || self == .conditional }
}
