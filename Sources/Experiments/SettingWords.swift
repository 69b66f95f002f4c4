internal import Basics

/// Finds a fault's settings among the words of a sentence: `50ms`, `jitter 10ms`, `1 mbit`.
struct SettingWords {
  let schema: Schema
  private var taken: [StepFlags.Setting] = []

  /// What was found, in the order of the schema.
  var found: [StepFlags.Setting] {
    schema.keys.compactMap { key in taken.first { $0.key == key.name } }
  }

  init(schema: Schema) { self.schema = schema }

  /// Takes settings out of words; what is left says something else.
  mutating func take(_ words: [String]) -> [String] {
    var left: [String] = []
    var rest = words[...]
    if let place = phrase(["main", "process", "of"], in: words), schema.key(named: "only") != nil {
      taken.append(.init("only", "main"))
      rest.removeSubrange(place..<(place + 3))
    }
    while let word = rest.popFirst() {
      let next = rest.first
      if let key = free(word), let next, key.kind.accepts(next) {
        taken.append(.init(key.name, next))
        rest.removeFirst()
      } else if let next, let key = free(next), word.isNumeric, key.kind.accepts(word),
        !(rest.dropFirst().first.map(key.kind.accepts) ?? false)
      {
        taken.append(.init(key.name, word))
        rest.removeFirst()
      } else if word == "±" || word == "+-", let next, let key = free("jitter") {
        taken.append(.init(key.name, next))
        rest.removeFirst()
      } else if word.isNumeric, let key = first(for: word) {
        taken.append(.init(key.name, word))
      } else {
        left.append(word)
      }
    }
    return left
  }

  /// Takes `… with jitter 10ms and loss 1%` off the end of a sentence.
  mutating func takeTail(_ words: inout [String]) {
    guard let place = words.lastIndex(of: "with") else { return }
    var tail = self
    let left = tail.take(words[(place + 1)...].filter { $0 != "and" })
    guard left.isEmpty else { return }
    self = tail
    words.removeSubrange(place...)
  }

  /// The key of that name, unless it was said already.
  private func free(_ name: String) -> Schema.Key? {
    guard !taken.contains(where: { $0.key == name }) else { return nil }
    return schema.key(named: name)
  }

  /// The key that a bare value is for: one that must be there, or else the first.
  private func first(for value: String) -> Schema.Key? {
    let fitting = schema.keys.filter { key in
      key.kind != .text && key.kind.accepts(value) && free(key.name) != nil
    }
    return fitting.first(where: \.isRequired) ?? fitting.first
  }

  private func phrase(_ phrase: [String], in words: [String]) -> Int? {
    words.indices.first { words[$0...].starts(with: phrase) }
  }
}

extension Schema.Kind {
  fileprivate func accepts(_ text: String) -> Bool {
    switch self {
    // What a text may be is not known here, so it is taken where its key stands before it.
    case .text: true
    case .mapping: false
    default: read(text) != nil
    }
  }
}

extension String {
  /// `50ms`, `30%`, `-1h`.
  fileprivate var isNumeric: Bool {
    guard let first else { return false }
    return first.isNumber || "+-".contains(first) && dropFirst().first?.isNumber == true
  }
}
