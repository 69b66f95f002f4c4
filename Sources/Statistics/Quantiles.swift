package import Basics

/// Quantiles of a sample by nearest rank: always one of the values that occurred.
package struct Quantiles {
  private let sorted: [Int64]

  /// The values may come in any order; `json` takes them for nanoseconds.
  package init(_ values: [Int64]) { sorted = values.sorted() }

  /// The smallest value that at least the given share (0 to 1) of the sample does not exceed.
  package func at(_ share: Double) -> Int64? {
    guard !sorted.isEmpty else { return nil }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  /// Milliseconds at 0, 50, 95, 99 and 100 percent.
  package var json: JSON {
    .object(
      [(0.0, "min"), (0.5, "p50"), (0.95, "p95"), (0.99, "p99"), (1, "max")].map { share, name in
        JSON.Member(name, .optional(at(share)) { .milliseconds(.nanoseconds($0)) })
      })
  }
}
