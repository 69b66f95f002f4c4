public import Basics

/// What a checker says about a history.
public struct Finding: Sendable {
  /// The checker's name, as files and the command line use it.
  public var checker: String
  /// `invalid` where a violation is proven, `valid` where the property held, else `unknown`.
  public var verdict: Verdict
  /// One sentence for a person: what was found, with the decisive numbers.
  public var summary: String
  /// The sequential model judged by, where there is one.
  public var model: String?
  /// How many operations were judged.
  public var operations: Int
  /// The checker's own numbers: an object.
  public var figures: JSON
  /// What shows a violation, the smallest first.
  public var evidence: [Evidence]

  /// Unless told otherwise there is no model, no figure and no evidence.
  public init(
    checker: String, verdict: Verdict, summary: String, model: String? = nil,
    operations: Int = 0, figures: JSON = [:], evidence: [Evidence] = []
  ) {
    self.checker = checker
    self.verdict = verdict
    self.summary = summary
    self.model = model
    self.operations = operations
    self.figures = figures
    self.evidence = evidence
  }
}

/// One violation, with the operations that show it.
public struct Evidence: Sendable {
  /// What kind of violation: `lost`, `stale`, `G1c`, `not linearizable`, …
  public var kind: String
  /// One sentence.
  public var summary: String
  /// Positions in `History.operations`; the smallest set that shows it.
  public var operations: [Int]
  /// When it was, where observers saw it and no operation shows it; nil where its operations tell.
  public var span: ClosedRange<Instant>?

  /// `operations` stays empty where no operation shows it, as with a step that was never done.
  public init(
    kind: String, summary: String, operations: [Int] = [], span: ClosedRange<Instant>? = nil
  ) {
    self.kind = kind
    self.summary = summary
    self.operations = operations
    self.span = span
  }
}

extension Sequence<Finding> {
  /// The worst of all; `unknown` when there is none, for nothing was judged.
  public var verdict: Verdict { lazy.map(\.verdict).max() ?? .unknown }
}
