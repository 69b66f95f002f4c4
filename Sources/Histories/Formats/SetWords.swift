/// What some Jepsen tests call the operations of a set.
///
/// A `read-set-all` asks every node and answers with a map from each to what it holds, or to a word
/// where it gave no answer (`:unreachable`); what counts is in their union.
enum SetWords {
  /// The usual name of a function; nil where it has no other.
  static func usual(_ name: String) -> String? {
    switch name {
    case "write-set": "add"
    case "read-set", "read-set-all": "read"
    default: nil
    }
  }

  /// The elements that any of a map's lists holds, each once; nil where it has no list.
  static func union(_ map: Value, _ values: inout Values) -> Value? {
    guard let pairs = values.pairs(map) else { return nil }
    let answers = stride(from: pairs.startIndex + 1, to: pairs.endIndex, by: 2)
      .compactMap { values.elements(pairs[$0]) }
    guard !answers.isEmpty else { return nil }
    var seen: Set<Value> = []
    var union: [Value] = []
    for element in answers.joined() where seen.insert(element).inserted { union.append(element) }
    return values.list(union)
  }
}
