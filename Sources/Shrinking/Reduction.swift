internal import YAML

/// One way to make an experiment smaller: something is left out, or written smaller.
struct Reduction: Hashable, Sendable {
  /// What becomes of it, for a person: `without step 2, kill`.
  let summary: String
  /// What is left out.
  let dropped: [YAMLPlace]
  /// What is written otherwise.
  let replaced: [YAMLPlace: YAMLNode]

  init(_ summary: String, dropping dropped: [YAMLPlace]) {
    self.summary = summary
    self.dropped = dropped
    replaced = [:]
  }

  init(_ summary: String, _ place: YAMLPlace, _ node: YAMLNode) {
    self.summary = summary
    dropped = []
    replaced = [place: node]
  }
}

/// The way from the root of a document to a value: keys, and positions in lists.
struct YAMLPlace: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case key(String)
    case position(Int)
  }

  var parts: [Part] = []

  static let root = YAMLPlace()

  func key(_ name: String) -> YAMLPlace { YAMLPlace(parts: parts + [.key(name)]) }
  func position(_ place: Int) -> YAMLPlace { YAMLPlace(parts: parts + [.position(place)]) }
}

extension YAMLNode {
  /// The document with reductions of it carried out, all at once: their places are those of this document.
  func reduced(by reductions: [Reduction]) -> YAMLNode {
    let dropped = Set(reductions.flatMap(\.dropped))
    let replaced = reductions.reduce(into: [:]) { all, one in
      all.merge(one.replaced) { first, _ in first }
    }
    return changed(at: .root, dropped, replaced)
  }

  private func changed(
    at place: YAMLPlace, _ dropped: Set<YAMLPlace>, _ replaced: [YAMLPlace: YAMLNode]
  ) -> YAMLNode {
    if let node = replaced[place] { return node }
    switch content {
    case .scalar: return self
    case .sequence(let elements):
      let kept = elements.indices.filter { !dropped.contains(place.position($0)) }
      return YAMLNode(
        .sequence(kept.map { elements[$0].changed(at: place.position($0), dropped, replaced) }),
        at: mark)
    case .mapping(let entries):
      let kept = entries.filter { !dropped.contains(place.key($0.key)) }
      return YAMLNode(
        .mapping(
          kept.map { entry in
            Entry(
              key: entry.key, mark: entry.mark,
              value: entry.value.changed(at: place.key(entry.key), dropped, replaced))
          }), at: mark)
    }
  }

  /// The mapping with one key set, in its place or at the end.
  func setting(_ key: String, to text: String) -> YAMLNode {
    let value = YAMLNode(.scalar(text, isPlain: true), at: mark)
    var entries = entries ?? []
    let entry = Entry(key: key, mark: mark, value: value)
    if let place = entries.firstIndex(where: { $0.key == key }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
    return YAMLNode(.mapping(entries), at: mark)
  }
}
