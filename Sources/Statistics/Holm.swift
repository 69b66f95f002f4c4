/// What is left of probabilities when several questions were asked at once: the step-down correction of S. Holm
/// ("A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
public enum Holm {
  /// Each probability as if it had been asked alone, in the order given: whatever is below a level then is so with
  /// that level for all questions together.
  public static func adjusted(_ probabilities: [Double]) -> [Double] {
    var adjusted = probabilities
    var least = 0.0
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    for (place, index) in order.enumerated() {
      least = max(least, min(1, Double(probabilities.count - place) * probabilities[index]))
      adjusted[index] = least
    }
    return adjusted
  }
}
