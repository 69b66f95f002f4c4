/// The known word that a misspelt one was probably meant to be.
public enum Suggestion {
  /// The nearest of `candidates` by edit distance, or nil when none is near enough to be meant.
  public static func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, word.count / 2)
    return
      candidates
      .map { (distance(word, $0), $0) }
      .filter { $0.0 <= limit }
      .min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
  }

  /// Levenshtein's distance: insertions, deletions and substitutions, each costing one.
  public static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
