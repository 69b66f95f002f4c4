public import Checking

/// Which invariants must fail. It is met only if exactly those do: a demonstration of a known
/// weakness stays green only as long as the weakness is really caught.
public struct Expectation: Hashable, Sendable {
  /// Names of invariants; empty when all must hold.
  public var mustFail: [String]

  /// Without names every invariant must hold.
  public init(mustFail: [String] = []) { self.mustFail = mustFail }

  /// What the verdicts of a run came to, weighed against what was expected.
  public struct Judgement: Hashable, Sendable {
    /// The run's verdict: `valid` when the expectation is met, `invalid` when an invariant failed
    /// that must not or held that must not, `unknown` when too little is known to say either.
    public var verdict: Verdict
    /// One sentence for a person.
    public var sentence: String

    /// The caller promises a sentence that fits the verdict.
    public init(verdict: Verdict, sentence: String) {
      self.verdict = verdict
      self.sentence = sentence
    }

    /// Whether exactly the invariants that must fail failed and all others are known to hold.
    public var isMet: Bool { verdict == .valid }
  }

  /// Weighs the verdicts of all invariants, by their names.
  public func judge(_ verdicts: [(name: String, verdict: Verdict)]) -> Judgement {
    guard !verdicts.isEmpty else {
      return Judgement(verdict: .unknown, sentence: "nothing was judged")
    }
    let absent = mustFail.filter { name in !verdicts.contains { $0.name == name } }
    let unexpected = names(verdicts) { !mustFail.contains($0) && $1 == .invalid }
    let passed = names(verdicts) { mustFail.contains($0) && $1 == .valid }
    let unknown = names(verdicts) { $1 == .unknown } + absent.sorted()
    var sentences: [String] = []
    if !unexpected.isEmpty { sentences.append("violated: " + listed(unexpected)) }
    if !passed.isEmpty {
      sentences.append("expected to be violated, but held: " + listed(passed))
    }
    if !unknown.isEmpty { sentences.append("not known: " + listed(unknown)) }
    if sentences.isEmpty { return Judgement(verdict: .valid, sentence: metSentence) }
    let isInvalid = !unexpected.isEmpty || !passed.isEmpty
    return Judgement(
      verdict: isInvalid ? .invalid : .unknown, sentence: sentences.joined(separator: "; "))
  }

  private var metSentence: String {
    mustFail.isEmpty
      ? "every invariant held"
      : "exactly what was expected was violated: " + listed(mustFail.sorted())
  }

  private func listed(_ names: [String]) -> String { names.joined(separator: ", ") }

  private func names(
    _ verdicts: [(name: String, verdict: Verdict)], where isMeant: (String, Verdict) -> Bool
  ) -> [String] {
    verdicts.filter { isMeant($0.name, $0.verdict) }.map(\.name)
  }
}
