internal import Statistics
public import YAML

/// Looks for the smallest experiment that still fails in the same way.
///
/// What is asked, and when it is answered:
///
/// - First the experiment itself is run until it has failed three times, or twenty times in all: how often it does so is
///   the *reference*. The run that was given does not count, for it was chosen because it failed.
/// - A candidate fails still if a `SequentialTest` (Wald 1945) takes its rate for the reference rather than for a fifth of
///   it. What fails every time is so decided by one run, what fails one time in ten by some 25. Each candidate is held
///   against the same reference, so that many small losses do not add up.
/// - Candidates come from `DeltaDebugging` over the `Reductions` of each kind, again and again until none is left that can
///   be carried out by itself: the result is 1-minimal.
/// - The rate that is claimed in the end is that of fresh runs only, for those that chose the candidate flatter it (as
///   in probabilistic delta debugging: G. Wang et al., ESEC/FSE 2021). Where these contradict the search, the candidate
///   before it is taken.
public struct Shrinker {
  /// Why something is run; the answers for each are kept apart.
  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    /// How often the experiment itself fails.
    case reference
    /// Whether a candidate fails still.
    case search
    /// How often the chosen one fails.
    case confirmation
  }

  /// What one run came to.
  public enum Answer: Hashable, Sendable {
    /// It failed in the way that is looked for.
    case failed
    /// It did not, whatever else happened.
    case passed
    /// There was no run: such an experiment cannot be planned.
    case refused
  }

  /// Why there are no more answers: the time is up, or somebody interrupted.
  public struct Stop: Error, Hashable, Sendable {
    /// In a few words: `the time was up`.
    public let reason: String

    /// The reason as a sentence without capital and full stop.
    public init(_ reason: String) { self.reason = reason }
  }

  /// What was answered so far; kept, it lets the search go on where it stopped.
  public private(set) var ledger: ShrinkingLedger
  let invariant: String
  private let original: YAMLNode
  /// The experiment, and what was accepted after it, each smaller than the one before.
  private var chain: [Accepted]
  private var reference = Proportion(0, of: 0)

  struct Accepted {
    let experiment: YAMLNode
    let carried: [String]
  }

  static let enoughFailures = 3
  static let mostRuns = 20
  private static let mostTrials = 80

  /// - Parameters:
  ///   - experiment: as its file has it; with its stack where that may be made smaller, too (`ShrinkingCase`).
  ///   - invariant: the name of the invariant whose violation is looked for.
  ///   - ledger: of an earlier search for the same, which then goes on.
  public init(
    _ experiment: YAMLNode, keeping invariant: String, ledger: ShrinkingLedger = ShrinkingLedger()
  ) {
    original = Preparation(experiment).prepared
    self.invariant = invariant
    self.ledger = ledger
    chain = [Accepted(experiment: original, carried: [])]
  }

  /// The whole search. Only what the oracle throws besides a `Stop` is thrown.
  public mutating func shrink(asking oracle: ShrinkingOracle) throws -> ShrinkingOutcome {
    var stopped: String?
    do {
      reference = try measure(original, .reference, oracle)
      oracle.tell("the experiment itself: \(reference.text)")
      if reference.count > 0 { try search(oracle) }
    } catch let stop as Stop {
      stopped = stop.reason
    }
    return try conclude(stopped, oracle)
  }

  /// Runs until it has failed often enough, or has had its chance.
  private mutating func measure(
    _ experiment: YAMLNode, _ purpose: Purpose, _ oracle: ShrinkingOracle
  ) throws -> Proportion {
    let text = experiment.written
    while true {
      let seen = ledger.seen(text, purpose)
      if seen.count >= Self.enoughFailures || seen.trials >= Self.mostRuns { return seen }
      let answer = try note(oracle, experiment, text, purpose)
      if answer == .refused { return ledger.seen(text, purpose) }
    }
  }

  private mutating func note(
    _ oracle: ShrinkingOracle, _ experiment: YAMLNode, _ text: String, _ purpose: Purpose
  ) throws -> Answer {
    let answer = try oracle.ask(experiment, purpose)
    ledger.note(answer, of: text, purpose)
    try oracle.keep(ledger)
    return answer
  }

  private mutating func search(_ oracle: ShrinkingOracle) throws {
    var before = ""
    while before != chain[chain.count - 1].experiment.written {
      before = chain[chain.count - 1].experiment.written
      for kind in Reductions.Kind.allCases {
        let base = chain[chain.count - 1]
        let reductions = Reductions(experiment: base.experiment, invariant: invariant).of(kind)
        guard !reductions.isEmpty else { continue }
        _ = try DeltaDebugging.minimise(reductions) { kept in
          let carried = reductions.filter { !kept.contains($0) }
          if carried.isEmpty { return true }
          let candidate = Accepted(
            experiment: smaller(base.experiment, by: carried),
            carried: base.carried + carried.map(\.summary))
          let isFailing = try fails(candidate.experiment, oracle)
          let seen = ledger.seen(candidate.experiment.written, .search)
          oracle.tell(
            "\(isFailing ? "fails still" : "does not  ")  \(seen.trials == 0 ? "not a plan" : seen.counts): "
              + Self.list(carried.map(\.summary)))
          if isFailing { chain.append(candidate) }
          return isFailing
        }
      }
    }
  }

  private func smaller(_ experiment: YAMLNode, by carried: [Reduction]) -> YAMLNode {
    Pruning(experiment: experiment.reduced(by: carried), invariant: invariant).pruned
  }

  /// Whether it fails about as often as the reference.
  private mutating func fails(
    _ experiment: YAMLNode, _ oracle: ShrinkingOracle
  ) throws -> Bool {
    let text = experiment.written
    let test = test
    while !ledger.isRefused(text) {
      let seen = ledger.seen(text, .search)
      switch test.answer(seen) {
      case .high: return true
      case .low: return false
      case .open:
        if seen.trials >= Self.mostTrials { return false }
        _ = try note(oracle, experiment, text, .search)
      }
    }
    return false
  }

  private var test: SequentialTest {
    let high = min(max(reference.share ?? 0, 0.05), 0.95)
    return SequentialTest(high: high, low: high / 5, falselyHigh: 0.2, falselyLow: 0.1)
  }

  /// The smallest accepted candidate that fresh runs do not contradict.
  private mutating func conclude(
    _ stopped: String?, _ oracle: ShrinkingOracle
  ) throws -> ShrinkingOutcome {
    var stopped = stopped
    var contradicted = 0
    while chain.count > 1, let last = chain.last {
      let text = last.experiment.written
      do { _ = try measure(last.experiment, .confirmation, oracle) } catch let stop as Stop {
        stopped = stopped ?? stop.reason
      }
      let seen = ledger.seen(text, .confirmation)
      oracle.tell("fresh runs of the smallest: \(seen.text)")
      if test.answer(seen) != .low { break }
      contradicted += 1
      chain.removeLast()
    }
    let last = chain[chain.count - 1]
    let text = last.experiment.written
    return ShrinkingOutcome(
      smallest: last.experiment, steps: last.carried, invariant: invariant,
      reference: reference.trials == 0 ? ledger.seen(original.written, .reference) : reference,
      searched: ledger.seen(text, .search), confirmed: ledger.seen(text, .confirmation),
      contradicted: contradicted, stopped: stopped, candidates: ledger.candidates,
      runs: ledger.runs)
  }

  static func list(_ summaries: [String]) -> String {
    let shown = summaries.prefix(3).joined(separator: "; ")
    return summaries.count > 3 ? "\(shown); and \(summaries.count - 3) more" : shown
  }
}

/// Whom a search asks, and whom it tells.
public struct ShrinkingOracle {
  let ask: (YAMLNode, Shrinker.Purpose) throws -> Shrinker.Answer
  let keep: (ShrinkingLedger) throws -> Void
  let tell: (String) -> Void

  /// - Parameters:
  ///   - ask: runs an experiment once; throws a `Stop` where it may not.
  ///   - keep: is given what is known after each answer.
  ///   - tell: is told what happens, a line at a time.
  public init(
    ask: @escaping (YAMLNode, Shrinker.Purpose) throws -> Shrinker.Answer,
    keep: @escaping (ShrinkingLedger) throws -> Void = { _ in },
    tell: @escaping (String) -> Void = { _ in }
  ) {
    self.ask = ask
    self.keep = keep
    self.tell = tell
  }
}
