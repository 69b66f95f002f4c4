/// Whether something is seen in a smaller or a larger share of all trials than a limit, asked again after every trial up to
/// a number that is known beforehand, and yet wrong no more often than it was told.
///
/// Who looks at a bound of a fixed number of trials again and again, and stops when he likes what he sees, is wrong more
/// often than the bound says. So the error is spent over the looks, in equal parts (K. K. G. Lan and D. L. DeMets,
/// "Discrete sequential boundaries for clinical trials", Biometrika 70, 1983; K. Kim and D. L. DeMets, Biometrika 74,
/// 1987, with ρ = 1), and the bounds follow exactly from the binomial walk: how likely one of them has been met so far, at
/// the limit itself, is never more than what has been spent. Each of the two answers has the whole error to itself, as a
/// one-sided bound of a fixed number has.
public struct SequentialShare: Hashable, Sendable {
  /// What can be said after some trials.
  public enum Answer: Hashable, Sendable {
    /// The share is smaller than the limit or just that, it is larger, or nobody can say yet.
    case smaller, larger, open
  }

  /// The share that the trials are held against.
  public let limit: Double
  /// How many trials there are at most.
  public let most: Int
  /// How often an answer may be wrong, over all looks.
  public let error: Double
  /// After so many trials (by their index) up to this count means smaller; -1 where none does.
  private let low: [Int]
  /// After so many trials (by their index) this count and more mean larger.
  private let high: [Int]

  /// The caller promises a limit above 0 and below 1, at least one trial, and an error above 0 and below 1.
  public init(limit: Double, most: Int, error: Double) {
    precondition(limit > 0 && limit < 1 && most > 0 && error > 0 && error < 1)
    self.limit = limit
    self.most = most
    self.error = error
    low = Self.bounds(most, error, seen: limit)
    // What is seen seldom enough is what is not seen often enough.
    let unseen = Self.bounds(most, error, seen: 1 - limit)
    high = unseen.indices.map { $0 - unseen[$0] }
  }

  /// What some trials say; the caller asks after each, in their order, and keeps the first answer that is not open.
  ///
  /// - Parameters:
  ///   - trials: how many, at most `most`.
  ///   - atLeast: in how many of them it was certainly seen.
  ///   - atMost: in how many it may have been seen; the same where every trial could tell.
  public func answer(after trials: Int, atLeast: Int, atMost: Int) -> Answer {
    guard low.indices.contains(trials) else { return .open }
    if atMost <= low[trials] { return .smaller }
    return atLeast >= high[trials] ? .larger : .open
  }

  /// How many trials it takes to say that the share is smaller, if it is never seen; nil where `most` are too few.
  public var leastTrials: Int? { low.firstIndex { $0 >= 0 } }

  /// Up to which count a walk of this chance ends after each number of trials, the error spent evenly over them.
  private static func bounds(_ most: Int, _ error: Double, seen: Double) -> [Int] {
    // How likely each count is, of the walks that have not ended.
    var walks = [1.0]
    var (bounds, bound, spent) = ([-1], -1, 0.0)
    for trials in 1...most {
      walks = step(walks, seen)
      let allowed = error * Double(trials) / Double(most)
      while bound + 1 < walks.count, spent + walks[bound + 1] <= allowed {
        bound += 1
        spent += walks[bound]
        walks[bound] = 0
      }
      bounds.append(bound)
    }
    return bounds
  }

  private static func step(_ walks: [Double], _ seen: Double) -> [Double] {
    var next = Array(repeating: 0.0, count: walks.count + 1)
    for (count, chance) in walks.enumerated() where chance > 0 {
      next[count] += chance * (1 - seen)
      next[count + 1] += chance * seen
    }
    return next
  }
}
