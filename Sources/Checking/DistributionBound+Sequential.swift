internal import Basics
internal import Statistics

extension DistributionBound {
  /// What one run says of it.
  public enum Measured: Hashable, Sendable {
    /// It took so long.
    case took(Duration)
    /// It never came about while that looked.
    case never
    /// The run could not tell.
    case unknown
  }

  /// What runs say that are looked at one after the other, until they can tell.
  ///
  /// A quantile is at most a time where longer ones are as rare as that, so the runs that took longer are counted
  /// (`SequentialShare`): the answer is wrong no more often than `1 - confidence`, though it was asked after every run.
  ///
  /// - Parameters:
  ///   - runs: in their order, however they came out.
  ///   - most: how many there would be at most, known before the first.
  public func judge(
    inOrder runs: [Measured], most: Int
  ) -> (verdict: Verdict, sentence: String) {
    let test = SequentialShare(limit: 1 - quantile, most: most, error: 1 - confidence)
    var (longer, unknown) = (0, 0)
    for (index, run) in runs.enumerated() {
      switch run {
      case .took(let time): longer += time > self.most ? 1 : 0
      case .never: longer += 1
      case .unknown: unknown += 1
      }
      let said = "by the first \(Wording.count(index + 1, "run"))" + Self.words(longer, unknown)
      switch test.answer(after: index + 1, atLeast: longer, atMost: longer + unknown) {
      case .smaller: return (.valid, "so it is, \(said)")
      case .larger: return (.invalid, "it is not, \(said)")
      case .open: continue
      }
    }
    return (
      .unknown,
      "open after \(Wording.count(runs.count, "run"))\(Self.words(longer, unknown)); at most \(most) "
        + "were asked for"
    )
  }

  /// How many runs it takes at least to be sure before the last of so many; nil where they are too few.
  public func leastRuns(ofAtMost most: Int) -> Int? {
    SequentialShare(limit: 1 - quantile, most: most, error: 1 - confidence).leastTrials
  }

  private static func words(_ longer: Int, _ unknown: Int) -> String {
    (longer == 0 ? "" : ", \(longer) of which took longer")
      + (unknown == 0 ? "" : ", \(unknown) of which could not tell")
  }
}
