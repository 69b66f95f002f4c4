internal import Basics

/// Which of many keys an operation is about: drawn evenly or by Zipf's law, and new ones in the place of those
/// that have seen enough, so that judging each stays cheap.
struct Keyed: Sendable {
  static let keys = Schema.Key(
    "keys", .count(1...10_000), "How many keys are in use at a time.", default: "10")
  static let distribution = Schema.Key(
    "distribution", .choice(["uniform", "zipf"]),
    "How often each key is used: all alike, or the k-th as often as 1/k^exponent says.",
    default: "uniform")
  static let exponent = Schema.Key(
    "exponent", .number, "Zipf's, above 0 and at most 10.", default: "1")
  static let perKey = Schema.Key(
    "per-key", .count(1...1_000_000),
    "After how many operations, on average, a key makes room for a new one.", default: "1000")
  /// For what uses keys as long as it runs.
  static let lasting = [keys, distribution, exponent]
  /// For what wants new keys from time to time.
  static let changing = lasting + [perKey]

  private let count: Int
  /// The sums of the weights up to each key.
  private let weights: [Double]
  /// Nil where keys last.
  private let perKey: Int?

  /// - Parameter isChanging: whether keys make room for new ones.
  init(_ settings: Settings, isChanging: Bool, usual: Int = 10) throws(WorkloadError) {
    count = settings.integer("keys") ?? usual
    perKey = isChanging ? settings.integer("per-key") ?? 1000 : nil
    let exponent = settings.number("exponent") ?? 1
    guard exponent > 0, exponent <= 10 else {
      throw WorkloadError("exponent", "a number above 0 and at most 10 is expected here")
    }
    let isZipf = settings.text("distribution") == "zipf"
    var sum = 0.0
    var weight = 1.0
    weights = (1...count).map { key in
      // k^-e from (k-1)^-e.
      if isZipf, key > 1 { weight *= Self.power(lacking: 1 / Double(key), exponent) }
      sum += weight
      return sum
    }
  }

  /// (1 - x)^e by its binomial series, for x up to a half: the terms fall by half at least.
  private static func power(lacking x: Double, _ exponent: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    for n in 1...80 {
      term *= -x * (exponent - Double(n - 1)) / Double(n)
      sum += term
    }
    return sum
  }

  /// The key of operation `sequence`.
  func key(_ sequence: Int, using chance: inout Chance) -> Int64 {
    Int64(generation(sequence) * count + position(using: &chance))
  }

  /// Every key that any of the first `operations` may have been about.
  func all(after operations: Int) -> ClosedRange<Int64> {
    0...Int64((generation(max(0, operations - 1)) + 1) * count - 1)
  }

  private func generation(_ sequence: Int) -> Int {
    perKey.map { sequence / ($0 * count) } ?? 0
  }

  private func position(using chance: inout Chance) -> Int {
    let drawn = Double(chance.next() >> 11) * 0x1p-53 * (weights.last ?? 1)
    var low = 0
    var high = weights.count - 1
    while low < high {
      let middle = (low + high) / 2
      if weights[middle] > drawn { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
