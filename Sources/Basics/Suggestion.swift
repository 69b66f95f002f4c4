/// The known word that a misspelt one was probably meant to be.
public enum Suggestion {
  /// A word that is longer was not misspelt, and of more candidates the first are looked at: so that
  /// a file with many strange words is still refused at once.
  private static let longestWord = 64
  private static let mostCandidates = 256

  /// The nearest of `candidates` by edit distance, or nil when none is near enough to be meant.
  public static func nearest(to word: String, among candidates: [String]) -> String? {
    guard word.utf8.count <= longestWord else { return nil }
    let limit = max(1, word.count / 2)
    return
      (candidates.count > mostCandidates
      ? Array(candidates.sorted().prefix(mostCandidates)) : candidates)
      .map { (distance(word, $0), $0) }
      .filter { $0.0 <= limit }
      .min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
  }

  /// What there is to choose from, as the end of a message: all of it, or the nearest few of many.
  ///
  /// - Parameter limit: how many words are named at most.
  /// - Returns: empty where there is nothing to choose.
  public static func choices(_ candidates: [String], near word: String, limit: Int = 10) -> String {
    let known = Set(candidates).sorted()
    guard known.count > limit else {
      return known.isEmpty ? "" : "; known: " + known.joined(separator: ", ")
    }
    guard word.utf8.count <= longestWord else {
      return "; among the \(known.count) known are " + known.prefix(limit).joined(separator: ", ")
    }
    let nearest = known.prefix(mostCandidates).map { (distance(word, $0), $0) }.sorted { $0 < $1 }
      .prefix(limit)
    let names = nearest.map(\.1).sorted().joined(separator: ", ")
    return "; among the \(known.count) known are \(names)"
  }

  /// The distance of optimal string alignment: insertions, deletions, substitutions and swaps of
  /// neighbours, each costing one (Damerau 1964; each part of a word is edited once).
  public static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
