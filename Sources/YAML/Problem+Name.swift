internal import Basics

extension Problem {
  /// That a text cannot be a name; nil when it can.
  ///
  /// - Parameter what: whose name it is, with an article: `a node`.
  public static func misnamed(_ what: String, _ text: String, at mark: Mark) -> Problem? {
    NamePattern.refusal(of: text, for: what).map { Problem(mark, $0) }
  }
}

extension Fields {
  /// The entries of a mapping whose keys are names that the user chose; a wrong name is noted, and
  /// where there are more entries than `limit`, that.
  ///
  /// - Parameters:
  ///   - what: what has the names, with an article: `a node`.
  ///   - limit: how many there may be.
  public mutating func named(
    _ key: String, _ what: String, atMost limit: Int = 256
  ) -> [YAMLNode.Entry] {
    let entries = mapping(key)
    for entry in entries.prefix(limit) {
      if let problem = Problem.misnamed(what, entry.key, at: entry.mark) {
        problems.append(problem)
      }
    }
    refuse(more: entries.count, than: limit, under: key)
    return Array(entries.prefix(limit))
  }

  /// The elements of a list; where there are more than `limit`, that is noted.
  public mutating func list(_ key: String, atMost limit: Int) -> [YAMLNode] {
    let elements = list(key)
    refuse(more: elements.count, than: limit, under: key)
    return Array(elements.prefix(limit))
  }

  private mutating func refuse(more count: Int, than limit: Int, under key: String) {
    guard count > limit else { return }
    refuse("'\(key)' has \(count) entries; at most \(limit) are allowed", at: node[key]?.mark)
  }
}
