public import Basics
public import Checking
internal import Statistics

/// What many runs must be sure of before no more are begun: every bound of many runs, and how often invariants fail.
///
/// Each question is asked after each run, in the order of their numbers, whichever of them ended first: who looks only at
/// those that have ended sees the short ones sooner.
public struct Sureness: Sendable {
  /// How many runs there are at most.
  public let most: Int
  /// How often an invariant may fail at most; nil where that is not asked.
  public let rate: Double?
  /// How sure an answer about a rate is, one-sided.
  public let confidence: Double
  private let bounds: [DistributionBound]
  private let invariants: [String]

  /// What is asked of invariants unless the command says otherwise.
  public static let usualRate = Ratio(0.05)
  /// How sure an answer about a rate is.
  public static let usualConfidence = 0.95

  /// - Parameters:
  ///   - bounds: of the plan.
  ///   - invariants: the names of the plan's.
  ///   - rate: what was asked for; where nothing was, rates are asked about only where there are no bounds.
  public init(
    most: Int, bounds: [DistributionBound], invariants: [String], rate: Ratio? = nil
  ) {
    self.most = most
    self.bounds = bounds
    self.invariants = invariants
    self.rate = (rate ?? (bounds.isEmpty ? Self.usualRate : nil))?.value
    confidence = Self.usualConfidence
  }

  /// A question with what the runs say.
  public struct Answer: Hashable, Sendable {
    /// What is asked, as a sentence that may be true.
    public let question: String
    /// Unknown while it is open.
    public let verdict: Verdict
    /// One for a person.
    public let sentence: String
  }

  /// How many runs it takes at least, were all of them as good as can be; nil where `most` are too few.
  public var leastRuns: Int? {
    let needed = bounds.map { $0.leastRuns(ofAtMost: most) } + (rate.map { [least($0)] } ?? [])
    return needed.contains(nil) ? nil : needed.compactMap(\.self).max() ?? 1
  }

  /// How many runs must be allowed for every question to have an answer at all.
  public var leastMost: Int {
    let rates = rate.map {
      QuantileBound(of: 1 - $0, confidence: confidence).leastSample()
    }
    return (bounds.map(\.leastRuns) + [rates ?? 1]).max() ?? 1
  }

  /// What is asked, in a few words: said before the first run.
  public var text: String {
    let rates = rate.map {
      "every invariant fails in less than \(Proportion.percent($0)) of runs, with \(Proportion.percent(confidence))"
    }
    return (bounds.map(\.text) + (rates.map { [$0] } ?? [])).joined(separator: "; ")
  }

  private func least(_ rate: Double) -> Int? {
    SequentialShare(limit: rate, most: most, error: 1 - confidence).leastTrials
  }

  /// What runs say of the invariants' rates; of the bounds `RunSeries` does.
  ///
  /// - Parameter runs: by their numbers, without a gap.
  func rates(_ runs: [RunSeries.Run]) -> [Answer] {
    guard let rate else { return [] }
    let test = SequentialShare(limit: rate, most: most, error: 1 - confidence)
    return invariants.map { name in
      let mustFail = runs.contains { $0.mustFail(name) }
      let question =
        "'\(name)' \(mustFail ? "holds, though it must fail," : "fails") in less than "
        + "\(Proportion.percent(rate)) of runs, with \(Proportion.percent(confidence))"
      var unknown = 0
      for (index, run) in runs.enumerated() {
        let count = Wording.count(index + 1, "run")
        switch run.hasFailed(name) {
        case true?:
          return Answer(
            question: question, verdict: .invalid,
            sentence: "it \(mustFail ? "held" : "failed") in run \(run.number)")
        case false?: break
        case nil: unknown += 1
        }
        if test.answer(after: index + 1, atLeast: 0, atMost: unknown) == .smaller {
          let doubt = unknown == 0 ? "" : ", \(unknown) of which could not tell"
          return Answer(
            question: question, verdict: .valid,
            sentence: "so it is, by the first \(count), none of which was such a one\(doubt)")
        }
      }
      return Answer(
        question: question, verdict: .unknown,
        sentence: "open after \(Wording.count(runs.count, "run")); at most \(most) were asked for")
    }
  }
}

extension RunSeries.Run {
  /// Whether the experiment says that an invariant must fail.
  func mustFail(_ name: String) -> Bool {
    invariants.contains { $0.name == name && $0.isExpectedToFail }
  }

  /// Whether an invariant came out as it must not; nil where this run cannot tell.
  func hasFailed(_ name: String) -> Bool? {
    guard let judged = invariants.first(where: { $0.name == name }), judged.verdict != .unknown
    else { return nil }
    return (judged.verdict == .invalid) != judged.isExpectedToFail
  }
}

extension RunSeries {
  /// The runs from the first on without a gap, which is what may be asked while later ones have ended already.
  static func unbroken(_ runs: [Run]) -> [Run] {
    let sorted = runs.sorted { $0.number < $1.number }
    return Array(zip(sorted, 1...).prefix { $0.0.number == $0.1 }.map(\.0))
  }

  /// Whether every question has its answer, so that no more runs are needed.
  public var isSure: Bool {
    sureness != nil && !(bounds.map(\.verdict) + rates.map(\.verdict)).contains(.unknown)
  }
}
