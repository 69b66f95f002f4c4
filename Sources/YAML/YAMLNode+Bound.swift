internal import Basics

extension YAMLNode {
  /// Reads a bound of many runs, `{p95: 3s, confidence: 95%}`; what is wrong is noted, and then this is nil.
  func bound(of key: String, _ problems: inout [Problem]) -> DurationBound? {
    let before = problems.count
    var fields = Fields(self, of: "'\(key)'")
    let most = fields.duration("at-most")
    let confidence = confidence(&fields)
    var quantiles: [DurationBound.Quantile] = []
    for entry in entries ?? [] where !["at-most", "confidence"].contains(entry.key) {
      guard let share = DurationBound.share(named: entry.key) else {
        // Whatever looks like a quantile is told which there are; all else is an unknown key.
        guard entry.key.first == "p", entry.key.dropFirst().first?.isNumber == true else {
          continue
        }
        _ = fields.take(entry.key)
        fields.refuse(
          "'\(entry.key)' is no quantile that runs can show; write p1 to p99.9", at: entry.mark)
        continue
      }
      if quantiles.contains(where: { $0.share == share }) {
        fields.refuse("'\(entry.key)' is bounded twice", at: entry.mark)
      }
      if let limit = fields.duration(entry.key) {
        quantiles.append(.init(share: share, most: limit))
      }
    }
    fields.suggest("p50", "p95", "p99")
    fields.finish(into: &problems)
    guard problems.count == before else { return nil }
    guard !quantiles.isEmpty else {
      problems.append(
        Problem(
          mark,
          "'\(key)' bounds no quantile; write which of the runs' values, such as p95: 3s, or a "
            + "duration for every run"))
      return nil
    }
    return DurationBound(quantiles: quantiles, confidence: confidence, most: most)
  }

  private func confidence(_ fields: inout Fields) -> Ratio {
    let usual = DurationBound.usualConfidence
    guard let confidence = fields.ratio("confidence") else { return usual }
    if DurationBound.confidences.contains(confidence.value) { return confidence }
    let (low, high) = (DurationBound.confidences.lowerBound, DurationBound.confidences.upperBound)
    fields.refuse(
      "'confidence' must be from \(Ratio(low)) to \(Ratio(high))",
      at: fields.node["confidence"]?.mark)
    return usual
  }
}
