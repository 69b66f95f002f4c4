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

  /// What a state holds on the heap, in bytes, for the memory budget.
  static func heapBytes(of state: State) -> Int

  /// The state as a person reads it.
  func describe(_ state: State) -> String
}

extension SequentialModel {
  static func heapBytes(of state: State) -> Int { 0 }
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
