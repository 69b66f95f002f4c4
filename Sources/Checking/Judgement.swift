package import Basics

/// What a checker has gathered: proven violations, and reasons why nothing can be said.
///
/// A proven violation outweighs every doubt; without one, a single doubt makes the verdict
/// `unknown`.
package struct Judgement {
  /// The sentences of the first violations; the summary shows no more.
  package private(set) var violations: [String] = []
  /// Every violation, those whose sentence was not kept included.
  package private(set) var violationCount = 0
  /// The first distinct reasons why the property cannot be called held; the summary needs no more.
  package private(set) var doubts: [String] = []
  /// Sentences that belong in the summary whatever the verdict is.
  package private(set) var notes: [String] = []
  /// In the order it was shown; at most `mostEvidence` pieces.
  package private(set) var evidence: [Evidence] = []

  /// Nothing gathered: a finding made of it says that the property held.
  package init() {}

  /// No more than this many pieces of evidence are kept; the figures hold the counts.
  package static let mostEvidence = 32
  private static let mostSentences = 8

  /// Something that must not be, in one sentence, with the operations that show it, or when it was seen.
  package mutating func violated(
    _ kind: String, _ sentence: String, _ operations: [Int] = [],
    during span: ClosedRange<Instant>? = nil
  ) {
    violationCount += 1
    if violations.count < Judgement.mostSentences { violations.append(sentence) }
    show(kind, sentence, operations, during: span)
  }

  /// Evidence of a violation whose sentence is in `violations` already, or that needs none.
  package mutating func show(
    _ kind: String, _ sentence: String, _ operations: [Int] = [],
    during span: ClosedRange<Instant>? = nil
  ) {
    guard evidence.count < Judgement.mostEvidence else { return }
    evidence.append(Evidence(kind: kind, summary: sentence, operations: operations, span: span))
  }

  /// A reason why the property cannot be called held.
  package mutating func doubt(_ reason: String) {
    if doubts.count < Judgement.mostSentences && !doubts.contains(reason) { doubts.append(reason) }
  }

  /// Something a reader of the summary must know, which decides nothing.
  package mutating func note(_ sentence: String) {
    if notes.count < Judgement.mostSentences && !notes.contains(sentence) { notes.append(sentence) }
  }

  /// The finding; `held` is the sentence for a property that held.
  package func finding<C: Checker>(
    of checker: C.Type, held: String, operations: Int, figures: [JSON.Member] = []
  ) -> Finding {
    let verdict: Verdict = !violations.isEmpty ? .invalid : !doubts.isEmpty ? .unknown : .valid
    let sentences = verdict == .invalid ? violations : verdict == .unknown ? doubts : [held]
    let summary = Judgement.text(
      of: sentences, count: verdict == .invalid ? violationCount : sentences.count)
    var members = figures
    if !doubts.isEmpty { members.append(.init("doubts", .strings(doubts))) }
    return Finding(
      checker: C.name, verdict: verdict,
      summary: ([summary] + notes).joined(separator: "; "),
      operations: operations, figures: .object(members), evidence: evidence)
  }

  private static func text(of sentences: [String], count: Int) -> String {
    let shown = sentences.prefix(4).map { sentence in
      sentence.hasSuffix(".") && sentences.count > 1 ? String(sentence.dropLast()) : sentence
    }.joined(separator: "; ")
    return count > 4 ? shown + "; and \(count - 4) more" : shown
  }
}

extension Checker {
  /// The answer to a history that holds nothing to judge.
  package static func nothingToJudge(_ reason: String, operations: Int = 0) -> Finding {
    Finding(checker: name, verdict: .unknown, summary: reason, operations: operations)
  }
}
