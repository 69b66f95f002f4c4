import Checking
import Histories

/// Whether what came out of a small queue can be what went in, by trying for every element that
/// came out which of the enqueues it is of, and for every taking of unknown outcome what it took.
struct ExactQueue {
  let verdict: Verdict
  /// Nothing came out.
  let isVacuous: Bool

  init(_ calls: [SmallCall], isExactlyOnce: Bool, _ isDrained: Bool?) {
    let takes = ["dequeue", "drain"]
    let hasEnd = calls.contains { $0.isFinal && takes.contains($0.function) }
    let keys = calls.byKey.map {
      KeyQueue($0.map(\.call), isExactlyOnce: isExactlyOnce, isDrained, hasEnd: hasEnd)
    }
    isVacuous = keys.allSatisfy { $0.outs.isEmpty }
    let isLegal = keys.allSatisfy { $0.isLegal(everythingIsOut: false) }
    let isComplete = keys.allSatisfy { $0.isLegal(everythingIsOut: true) }
    verdict = !isLegal ? .invalid : !isComplete ? .unknown : .valid
  }

  /// The queue under one key.
  private struct KeyQueue {
    /// What may have gone in: an element, when its enqueue began, and when it was acknowledged.
    let ins: [SmallCall]
    /// What came out, and by when.
    let outs: [(element: Int, by: Double)]
    private let isExactlyOnce: Bool
    /// The elements of takings of unknown outcome that told them, and how many told none.
    private let told: [Int]
    private let untold: Int
    private let hasUnknownDrain: Bool
    /// What was acknowledged before this must have come out.
    private let settledBefore: Double

    init(_ calls: [SmallCall], isExactlyOnce: Bool, _ isDrained: Bool?, hasEnd: Bool) {
      self.isExactlyOnce = isExactlyOnce
      ins = calls.filter { $0.function == "enqueue" && $0.outcome != .fail }
      let takes = calls.filter { $0.function != "enqueue" }
      let known = takes.filter { $0.outcome == .ok }
      outs = known.flatMap { take in Self.elements(take.answer).map { ($0, take.ended) } }
      let unknown = takes.filter { $0.outcome == .info && $0.function == "dequeue" }
      told = unknown.flatMap { Self.elements($0.answer) }
      untold = unknown.count { $0.answer == .nothing }
      hasUnknownDrain = takes.contains { $0.outcome == .info && $0.function == "drain" }
      let empty = known.filter {
        ($0.function == "drain" || $0.answer == .nothing) && ($0.isFinal || !hasEnd)
      }
      settledBefore = isDrained.map { $0 ? .infinity : 0 } ?? empty.map(\.began).max() ?? 0
    }

    private static func elements(_ answer: SmallCall.Answer) -> [Int] {
      switch answer {
      case .nothing: []
      case .one(let element): [element]
      case .list(let elements): elements
      }
    }

    /// Whether some choice explains what came out, and everything that must have come out did.
    ///
    /// - Parameter everythingIsOut: whether everything acknowledged must have, and not told by nobody.
    func isLegal(everythingIsOut: Bool) -> Bool {
      var missing = 0
      for element in Set(ins.compactMap(\.argument) + outs.map(\.element)) {
        let own = ins.filter { $0.argument == element }
        let must = own.map { put in
          put.outcome == .ok && (everythingIsOut || put.ended < settledBefore)
        }
        var least: Int?
        assign(
          outs.filter { $0.element == element }.map(\.by)[...], to: own,
          must.map { $0 ? 1 : 0 }, own.map { _ in false }, &least)
        guard let least else { return false }
        missing += max(0, least - told.count { $0 == element })
      }
      return missing == 0 || !everythingIsOut && (hasUnknownDrain || missing <= untold)
    }

    /// Tries every enqueue for every element that came out; keeps the least number of those that
    /// must have come out and did not.
    private func assign(
      _ outs: ArraySlice<Double>, to own: [SmallCall], _ missing: [Int], _ isUsed: [Bool],
      _ least: inout Int?
    ) {
      guard let by = outs.first else {
        let sum = missing.reduce(0, +)
        least = min(least ?? sum, sum)
        return
      }
      for place in own.indices where own[place].began < by && !(isExactlyOnce && isUsed[place]) {
        var (missing, isUsed) = (missing, isUsed)
        missing[place] = 0
        isUsed[place] = true
        assign(outs.dropFirst(), to: own, missing, isUsed, &least)
      }
    }
  }
}
