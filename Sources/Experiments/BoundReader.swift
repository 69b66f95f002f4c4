internal import Basics
internal import Checking
internal import YAML

/// Finds the bounds that are about many runs among what invariants were told, and says where too few runs were asked for.
struct BoundReader {
  /// Those that were written.
  let invariants: [Invariant]
  /// As the file has them, with the places of their keys.
  let written: [YAMLNode]
  /// How many runs the experiment asks for by itself.
  let repeats: Int

  /// In the order of the invariants; of one, in the order of their parts.
  func bounds(warnings: inout [Problem]) -> [DistributionBound] {
    invariants.flatMap { invariant -> [DistributionBound] in
      let asked = invariant.settings.values.sorted { $0.key < $1.key }
        .compactMap { key, setting -> (String, DurationBound)? in
          if case .bound(let bound) = setting { (key, bound) } else { nil }
        }
      return asked.flatMap { part, bound -> [DistributionBound] in
        let bounds = bound.quantiles.map {
          DistributionBound(
            invariant: invariant.name, part: part, quantile: $0.share, most: $0.most,
            confidence: bound.confidence.value)
        }
        let needed = bounds.map(\.leastRuns).max() ?? 1
        if repeats < needed {
          warnings.append(
            Problem(
              place(of: part, invariant),
              "\(Wording.count(repeats, "run")) cannot show this, so it will be unknown; say 'repeat: "
                + "\(needed)', or run it with --repeat \(needed)"))
        }
        return bounds
      }
    }
  }

  private func place(of part: String, _ invariant: Invariant) -> Mark {
    let settings = written.lazy.compactMap { $0.entries?.first }.first {
      $0.mark == invariant.mark
    }?.value
    return settings?[part]?.mark ?? invariant.mark
  }
}
