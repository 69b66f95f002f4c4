public import Basics
public import Checking
internal import Statistics

/// Runs before and after a change, held against each other: what became worse beyond what is tolerated.
///
/// Runs of the same experiment on the same stack with the same parameters are compared; what stands on one side only is
/// named. Times and shares are compared by the rank test of Mann and Whitney, one-sided, the old ones made worse by what
/// is tolerated; how often something failed by Fisher's exact test. Each figure is a question, and so many questions are
/// asked at once that some would seem worse by chance alone: Holm's correction makes the chance that anything is called
/// worse where nothing is no more than 5 % for the whole comparison. A figure with too few runs to be called worse
/// however clear it were is unknown, with the number that is needed.
public struct RunComparison: Sendable {
  /// How much worse a figure may become, as a share of what it was.
  public let tolerance: Ratio
  /// What was compared, in the order of the variants' names.
  public let experiments: [Experiment]
  /// What has runs before the change only; then nobody knows how it is now.
  public let onlyOld: [ComparedRun.Variant]
  /// What has runs after the change only.
  public let onlyNew: [ComparedRun.Variant]
  /// How many runs each side has.
  public let runs: (old: Int, new: Int)

  /// What is tolerated unless the command says otherwise.
  public static let usualTolerance = Ratio(0.1)

  /// What came of one figure.
  public enum Outcome: String, Sendable {
    /// It became worse, beyond what is tolerated and beyond chance.
    case worse
    /// It became better, likewise.
    case better
    /// Neither was seen.
    case same = "no worse"
    /// There are too few runs to be called worse, however clear it were.
    case tooFew = "too few"
  }

  /// A figure with what came of it.
  public struct Judged: Sendable {
    /// What was compared.
    public let figure: ComparedFigure
    /// What came of it.
    public let outcome: Outcome
    /// How likely it is to come out like this where it became no worse, corrected for all questions; nil where it was none.
    public let probability: Double?
  }

  /// What came of one experiment.
  public struct Experiment: Sendable {
    /// What was run.
    public let variant: ComparedRun.Variant
    /// How many runs there are before and after.
    public let runs: (old: Int, new: Int)
    /// In the order of the reports; empty where the experiments differ.
    public let figures: [Judged]
    /// Whether the two sides ran experiments of different texts; then nothing is called worse or not.
    public let differs: Bool
    /// What else differs between the sides, a sentence each.
    public let notes: [String]
  }

  /// Runs in any order.
  public init(
    old: [ComparedRun], new: [ComparedRun], tolerance: Ratio = Self.usualTolerance
  ) {
    self.tolerance = tolerance
    runs = (old.count, new.count)
    let before = Dictionary(grouping: old, by: \.variant)
    let after = Dictionary(grouping: new, by: \.variant)
    func sorted(_ variants: some Sequence<ComparedRun.Variant>) -> [ComparedRun.Variant] {
      variants.sorted { $0.text < $1.text }
    }
    onlyOld = sorted(before.keys.filter { after[$0] == nil })
    onlyNew = sorted(after.keys.filter { before[$0] == nil })
    let pairs = sorted(before.keys.filter { after[$0] != nil }).map {
      ComparedSides(variant: $0, old: before[$0] ?? [], new: after[$0] ?? [])
    }
    let judged = Self.judge(pairs.map { $0.differs ? [] : $0.figures }, tolerance.value)
    experiments = zip(pairs, judged).map { pair, figures in
      Experiment(
        variant: pair.variant, runs: (pair.old.count, pair.new.count), figures: figures,
        differs: pair.differs, notes: pair.notes)
    }
  }

  /// How many runs a side must have for its figures to be called worse; nil where all have enough.
  public var needed: Int? {
    let short = experiments.flatMap(\.figures).contains { $0.outcome == .tooFew }
    return short
      ? MannWhitney.leastSample(probability: ComparedFigure.level / Double(questions)) : nil
  }

  private var questions: Int {
    max(1, experiments.flatMap(\.figures).count { $0.figure.isQuestion })
  }

  /// Worse anywhere is invalid; where something could not be compared, what is not worse is unknown.
  public var verdict: Verdict {
    let outcomes = experiments.flatMap(\.figures).map(\.outcome)
    if outcomes.contains(.worse) { return .invalid }
    let isWhole =
      onlyOld.isEmpty && !experiments.contains { $0.differs } && !outcomes.contains(.tooFew)
    return isWhole && !outcomes.isEmpty ? .valid : .unknown
  }

  /// As a command ends with it.
  public var exit: ExitCode {
    switch verdict {
    case .valid: .valid
    case .unknown: .unknown
    case .invalid: .invalid
    }
  }

  /// All figures of all experiments are one family of questions.
  private static func judge(_ figures: [[ComparedFigure]], _ tolerance: Double) -> [[Judged]] {
    let all = figures.flatMap(\.self)
    let questions = max(1, all.count { $0.isQuestion })
    func isEnough(_ figure: ComparedFigure) -> Bool {
      figure.leastProbability <= ComparedFigure.level / Double(questions)
    }
    let asked = all.indices.filter { all[$0].isQuestion && isEnough(all[$0]) }
    func corrected(_ probability: (ComparedFigure) -> Double) -> [Int: Double] {
      Dictionary(
        uniqueKeysWithValues: zip(asked, Holm.adjusted(asked.map { probability(all[$0]) })))
    }
    let worse = corrected { $0.probabilityOfWorse(tolerance) }
    let better = corrected { $0.probabilityOfBetter(tolerance) }
    var next = 0
    return figures.map { group in
      group.map { figure in
        defer { next += 1 }
        func isSo(_ probabilities: [Int: Double], worse: Bool) -> Bool {
          (probabilities[next] ?? 1) <= ComparedFigure.level
            && figure.isBeyond(tolerance, worse: worse)
        }
        var outcome = Outcome.same
        if isSo(better, worse: false) { outcome = .better }
        if isSo(worse, worse: true) { outcome = .worse }
        if !isEnough(figure) { outcome = .tooFew }
        return Judged(figure: figure, outcome: outcome, probability: worse[next])
      }
    }
  }
}
