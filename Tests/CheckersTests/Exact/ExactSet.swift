import Checking
import Histories

/// Whether what the final reads of a small set show can be explained, by trying for every addition
/// whether it happened, at which replicas it was kept, and whether it came before each read.
struct ExactSet {
  let verdict: Verdict
  /// No addition was acknowledged before the first final read of some key began.
  let isVacuous: Bool

  init(_ calls: [SmallCall], isAny: Bool, mayRepeat: Bool) {
    let keys = calls.byKey.map { KeySet($0.map(\.call), isAny: isAny, mayRepeat: mayRepeat) }
    verdict =
      keys.contains { !$0.isLegal }
      ? .invalid : keys.contains { $0.isOpen } || keys.isEmpty ? .unknown : .valid
    isVacuous = keys.contains { $0.isVacuous }
  }

  /// The set under one key.
  private struct KeySet {
    let additions: [SmallCall]
    /// The last read that succeeded, by replica.
    private(set) var reads: [(node: String, read: SmallCall, elements: Set<Int>)] = []
    /// Replicas whose final read shows no set, or that gave none.
    private(set) var unseen = 0
    private var isRepeating = false
    private let isAny: Bool

    init(_ calls: [SmallCall], isAny: Bool, mayRepeat: Bool) {
      self.isAny = isAny
      additions = calls.filter { $0.function == "add" && $0.outcome != .fail }
      let all = calls.filter { $0.function == "read" }
      let finals = all.filter(\.isFinal)
      let last = all.filter { $0.outcome == .ok }.max { $0.ended < $1.ended }
      let asked = finals.isEmpty ? last.map { [$0] } ?? [] : finals
      for node in Set(asked.map { $0.node ?? "" }) {
        let answered = asked.filter { $0.outcome == .ok && ($0.node ?? "") == node }
        guard let read = answered.max(by: { $0.ended < $1.ended }),
          case .list(let list) = read.answer
        else {
          unseen += 1
          continue
        }
        if !mayRepeat && Set(list).count < list.count { isRepeating = true }
        reads.append((node, read, Set(list)))
      }
    }

    var isOpen: Bool { unseen > 0 || reads.isEmpty }

    var isVacuous: Bool {
      let first = reads.map(\.read.began).min() ?? 0
      return !additions.contains { $0.outcome == .ok && $0.ended < first }
    }

    var isLegal: Bool {
      guard !isRepeating else { return false }
      guard !reads.isEmpty else { return true }
      let elements = Set(additions.compactMap(\.argument)).union(reads.flatMap(\.elements))
      return elements.allSatisfy { element in
        let shown = reads.map { $0.elements.contains(element) }
        return canShow(shown, additions.filter { $0.argument == element }[...])
      }
    }

    /// Whether some choice for the additions of an element makes it show exactly there.
    private func canShow(_ shown: [Bool], _ additions: ArraySlice<SmallCall>) -> Bool {
      guard let addition = additions.first else { return !shown.contains(true) }
      return sights(of: addition).contains { sight in
        guard zip(sight, shown).allSatisfy({ !$0 || $1 }) else { return false }
        // What one addition shows the others may show as well, and need not.
        let both = shown.indices.filter { shown[$0] && sight[$0] }
        return (0..<1 << both.count).contains { choice in
          var wanted = zip(shown, sight).map { $0 && !$1 }
          for (bit, place) in both.enumerated() { wanted[place] = choice >> bit & 1 == 1 }
          return canShow(wanted, additions.dropFirst())
        }
      }
    }

    /// By read whether it shows an addition, for every way in which that can have gone.
    private func sights(of addition: SmallCall) -> [[Bool]] {
      let replicas = reads.count + unseen
      let everywhere = 1 << replicas - 1
      let holders = isAny ? Array(1...everywhere) : [everywhere]
      var found: [[Bool]] = addition.outcome == .info ? [reads.map { _ in false }] : []
      for holder in holders {
        var sights: [[Bool]] = [[]]
        for (place, read) in reads.map(\.read).enumerated() {
          let isHeld = holder >> place & 1 == 1
          let mustShow = addition.outcome == .ok && addition.ended < read.began
          let mayShow = addition.began < read.ended
          let options = !isHeld ? [false] : mustShow ? [true] : mayShow ? [true, false] : [false]
          sights = sights.flatMap { sight in options.map { sight + [$0] } }
        }
        found += sights
      }
      return found
    }
  }
}
