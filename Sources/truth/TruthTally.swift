import Basics

/// What all trials together say.
struct TruthTally: Sendable {
  /// A defect, and how it was found.
  struct Found: Sendable {
    var defect: TruthTable.Defect
    /// Nil where it was not found.
    var evidence: Trial.Shown?
    /// From the beginning of the method until the evidence was complete, in seconds.
    var seconds: Double?
    /// How many seeds were tried.
    var seeds: Int
    /// What else was violated, or why nothing was.
    var remark: String
  }

  /// A correct run.
  struct Judged: Sendable {
    var name: String
    var seed: Int
    var verdict: String
    /// The invariants that were violated, or why there is no verdict.
    var remark: String
  }

  /// A fault, and whether its effect was seen.
  struct Seen: Sendable {
    var fault: String
    var isSeen: Bool
    var remark: String
  }

  var defects: [Found] = []
  var clean: [Judged] = []
  var effects: [Seen] = []
  /// Planted histories that were judged, and what was wrongly said of those of which it was.
  var histories = 0
  var misjudged: [String] = []

  var foundCount: Int { defects.count { $0.evidence != nil } }
  var falseAlarms: Int { clean.count { $0.verdict == "invalid" } }
  var undecided: Int { clean.count { $0.verdict != "invalid" && $0.verdict != "valid" } }

  /// Of the defects that were found, in seconds; nil where none was.
  var medianSeconds: Double? {
    let sorted = defects.compactMap(\.seconds).sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Whether Faultline told the truth throughout. A correct run of which nothing could be said is no lie, but no
  /// proof either: at least nine of ten must have a verdict.
  var isTrue: Bool {
    foundCount == defects.count && falseAlarms == 0 && undecided * 10 <= clean.count
      && effects.allSatisfy(\.isSeen) && misjudged.isEmpty
  }

  /// `truth: 52 of 52 defects found, 0 false alarms in 40 clean runs, median 4.1 s`.
  var lastLine: String {
    var parts: [String] = []
    if !defects.isEmpty { parts.append("\(foundCount) of \(defects.count) defects found") }
    if !clean.isEmpty {
      parts.append("\(falseAlarms) false alarms in \(clean.count) clean runs")
    }
    if let median = medianSeconds {
      parts.append("median \(Decimal.trimmed(median, decimals: 1)) s")
    }
    if !effects.isEmpty {
      parts.append("\(effects.count { $0.isSeen }) of \(effects.count) faults felt")
    }
    if histories > 0 {
      parts.append("\(histories - misjudged.count) of \(histories) planted histories judged right")
    }
    return "truth: " + parts.joined(separator: ", ")
  }
}
