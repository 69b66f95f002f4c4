internal import Basics
internal import Checkers
internal import Checking
internal import YAML

/// Reads the list `over-repeats:`, bounds that are about the distribution over many runs.
struct BoundReader {
  /// Those that were written, and are asked anyway.
  let invariants: [Invariant]
  /// How many runs the experiment asks for by itself.
  let repeats: Int

  /// Of what a run takes: shares that are neither certain nor hopeless, so that a number of runs can tell.
  static let quantiles = 0.01...0.999
  static let confidences = 0.5...0.999
  static let usualConfidence = Ratio(0.95)

  func read(_ fields: inout Fields, warnings: inout [Problem]) -> [DistributionBound] {
    fields.list("over-repeats", atMost: 64).compactMap { node in
      var inner = Fields(node, of: "a bound of 'over-repeats'")
      let bound = bound(&inner)
      inner.finish(into: &fields.problems)
      if let bound, repeats < bound.leastRuns {
        warnings.append(
          Problem(
            node.mark,
            "\(Wording.count(repeats, "run")) cannot show this, so it will be unknown; say 'repeat: "
              + "\(bound.leastRuns)', or run it with --repeat \(bound.leastRuns)"))
      }
      return bound
    }
  }

  private func bound(_ fields: inout Fields) -> DistributionBound? {
    let name = fields.requiredText("invariant")
    let part = fields.requiredText("part")
    let quantile = share("quantile", within: Self.quantiles, &fields, isRequired: true)
    let most = fields.require("at-most") == nil ? nil : fields.duration("at-most")
    let confidence =
      share("confidence", within: Self.confidences, &fields) ?? Self.usualConfidence.value
    if let name {
      let measuring = invariants.filter { $0.checker == FailoverTime.name }.map(\.name)
      if !measuring.contains(name) {
        fields.problems.append(
          .unknown(
            "invariant", name, among: measuring, at: fields.node["invariant"]?.mark ?? fields.mark))
        return nil
      }
    }
    if let part, !FailoverTime.parts.contains(part) {
      fields.problems.append(
        .unknown(
          "part", part, among: FailoverTime.parts, at: fields.node["part"]?.mark ?? fields.mark))
      return nil
    }
    guard let name, let part, let quantile, let most else { return nil }
    return DistributionBound(
      invariant: name, part: part, quantile: quantile, most: most, confidence: confidence)
  }

  private func share(
    _ key: String, within range: ClosedRange<Double>, _ fields: inout Fields,
    isRequired: Bool = false
  ) -> Double? {
    if isRequired, fields.require(key) == nil { return nil }
    guard let share = fields.ratio(key) else { return nil }
    if range.contains(share.value) { return share.value }
    fields.refuse(
      "'\(key)' must be from \(Ratio(range.lowerBound)) to \(Ratio(range.upperBound))",
      at: fields.node[key]?.mark)
    return nil
  }
}
