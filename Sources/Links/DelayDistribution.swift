internal import Basics

/// How the delays of a link lie around their middle, in the shapes of tc-netem(8).
///
/// A delay is the link's own plus jitter times a deviation. netem draws the deviation from tables of iproute2,
/// here it follows from the same definitions: so a reader of netem's manual knows what a jitter means.
public enum DelayDistribution: String, Hashable, Sendable, CaseIterable {
  /// Evenly from one jitter less to one more.
  case uniform
  /// Gauss': jitter is the standard deviation; cut off at four of them, as netem's table is.
  case normal
  /// A long tail to one side, as queues make it: Pareto's with the exponent 3, moved and scaled as iproute2's
  /// `pareto.c` does it, so that the mean stays the delay; from two thirds of a jitter less to four more.
  case pareto

  /// The greatest deviation there is, in jitters.
  public var farthest: Int { self == .uniform ? 1 : 4 }

  /// The least deviation there is, in jitters.
  public var nearest: Double { deviation(at: 0) }

  /// The deviation below which a share of all lies, in jitters: the quantile function.
  ///
  /// - Parameter share: from 0 to 1.
  public func deviation(at share: Double) -> Double {
    switch self {
    case .uniform: return 2 * share - 1
    case .normal: return NormalTable.shared.quantile(share)
    case .pareto:
      // Of the exponent 3 with the least value 1 the mean is 3/2.
      let rest = max(1 - share, 1e-9)
      return min(4, (1 / Self.cubeRoot(rest) - 1.5) * 4 / 3)
    }
  }

  /// The caller promises a number above zero and not above one. (Newton's method: the core has no library of
  /// functions.)
  private static func cubeRoot(_ value: Double) -> Double {
    var root = 1.0
    for _ in 0..<60 {
      let next = (2 * root + value / (root * root)) / 3
      guard next < root else { break }
      root = next
    }
    return root
  }
}

/// Shares from 0 to 1, each as likely, of which successive ones are alike.
///
/// Gaussian numbers of a first-order autoregressive process, each turned back into its share: the correlation is that
/// of the Gaussian numbers, and each share by itself stays as likely as any other.
struct Wander: Sendable {
  let correlation: Ratio
  private var last: Double?

  init(correlation: Ratio) { self.correlation = correlation }

  mutating func next(_ chance: inout Chance) -> Double {
    let share = Double(chance.next() >> 11) * 0x1p-53
    guard correlation > .none else { return share }
    let drawn = NormalTable.shared.quantile(share)
    let rho = correlation.value
    let value = last.map { rho * $0 + (1 - rho * rho).squareRoot() * drawn } ?? drawn
    last = value
    return NormalTable.shared.share(below: value)
  }
}

/// The standard normal distribution between -4 and 4, by its values on a grid with straight lines between.
struct NormalTable: Sendable {
  static let shared = NormalTable()

  /// The share below each point of the grid.
  private let shares: [Double]
  private static let perUnit = 256
  private static let most = 4.0

  private init() {
    let step = 1 / Double(Self.perUnit)
    let count = Int(Self.most) * Self.perUnit
    // exp(-z²/2) from point to point: the ratio of two neighbours is itself a geometric sequence.
    let shrink = Self.exponential(step * step)
    var density = [1.0]
    var ratio = Self.exponential(step * step / 2)
    for _ in 0..<count {
      density.append(density[density.count - 1] * ratio)
      ratio *= shrink
    }
    let whole = density.dropFirst().reversed() + density
    var sums = [0.0]
    for (left, right) in zip(whole, whole.dropFirst()) {
      sums.append(sums[sums.count - 1] + (left + right) / 2)
    }
    let total = sums[sums.count - 1]
    shares = sums.map { $0 / total }
  }

  /// exp(-x) for an x near zero.
  private static func exponential(_ x: Double) -> Double { 1 - x + x * x / 2 - x * x * x / 6 }

  /// The value below which a share of all lies.
  func quantile(_ share: Double) -> Double {
    var (low, high) = (0, shares.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if shares[middle] <= share { low = middle } else { high = middle }
    }
    let part = (share - shares[low]) / (shares[high] - shares[low])
    return (Double(low) + min(1, max(0, part))) / Double(Self.perUnit) - Self.most
  }

  /// The share of all that lies below a value.
  func share(below value: Double) -> Double {
    let place = (min(Self.most, max(-Self.most, value)) + Self.most) * Double(Self.perUnit)
    let low = min(Int(place), shares.count - 2)
    return shares[low] + (place - Double(low)) * (shares[low + 1] - shares[low])
  }
}
