/// What the readers and the recorder need beyond single values.
extension Values {
  /// Lays out a list from the top of a stack and takes its elements off the stack.
  mutating func list(popping stack: inout [Value], from base: Int) -> Value {
    pop(.list, count: stack.count - base, &stack, from: base)
  }

  /// Lays out a map from the top of a stack: keys and values in turn.
  mutating func map(popping stack: inout [Value], from base: Int) -> Value {
    pop(.map, count: (stack.count - base) / 2, &stack, from: base)
  }

  private mutating func pop(
    _ kind: Value.Kind, count: Int, _ stack: inout [Value], from base: Int
  ) -> Value {
    let offset = words.count
    words.append(Value(bits: UInt64(count)))
    for position in base..<stack.count { words.append(stack[position]) }
    stack.removeLast(stack.count - base)
    return Value(kind, payload: offset)
  }

  /// A mark to which the layout of lists and maps can be taken back.
  var layoutMark: Int { words.count }

  /// Forgets the lists and maps laid out since a mark; nothing may refer to them any more.
  mutating func forgetLayout(since mark: Int) { words.removeSubrange(mark...) }

  /// In a transaction's list of `[f key value]`, makes each `f` that is a text a symbol, in place.
  ///
  /// JSON has no symbols; with this a transaction looks the same whatever format it came in.
  mutating func symboliseFunctions(of transaction: Value) {
    guard let positions = elements(transaction)?.indices else { return }
    for position in positions {
      guard let place = elements(words[position])?.indices.first, words[place].kind == .text
      else { continue }
      words[place] = Value(.symbol, payload: words[place].payload)
    }
  }

  /// Takes over what another collection has gained since the last call, so that a thread can
  /// read values that others go on adding to.
  ///
  /// The caller promises that this one only ever follows: it must not be added to itself.
  package mutating func follow(_ leader: Values) {
    texts.follow(leader.texts)
    wide.append(contentsOf: leader.wide[wide.count...])
    words.append(contentsOf: leader.words[words.count...])
  }
}
