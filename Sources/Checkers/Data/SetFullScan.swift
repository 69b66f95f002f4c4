import Checking
import Basics
import Histories

/// What all reads of one set show of each of its elements; linear in the sizes of the reads.
struct SetFullScan {
  let history: History
  private(set) var additions: Additions
  /// Elements known, then missing from a read, and never seen again.
  private(set) var lost: [Int] = []
  /// Elements known, then missing from a read, and seen again.
  private(set) var stale: [Int] = []
  private(set) var foreign: [Int] = []
  private(set) var failed: [Int] = []
  private(set) var early: [Int] = []
  private(set) var repeated: [Int] = []
  private(set) var stableCount = 0
  private(set) var neverReadCount = 0
  /// From becoming known to the last read that lacked it, for elements that stayed; nanoseconds.
  private(set) var latencies: [Int64] = []

  /// By element: the first event at which it was known to be there.
  private var known: [Int32] = []
  /// By element: the position of the operation that made it known.
  private var knownBy: [Int32] = []
  /// By element: the last completion of a read that has it; -1 for none.
  private var lastPresent: [Int32] = []
  /// By element: the last read that began after it was known and lacks it; -1 for none.
  private var lastAbsent: [Int32] = []
  /// By element: a read that has it twice, or that has it although it must not.
  private var offender: [Int32] = []
  private var isJudged: [Bool] = []

  init(_ history: History, _ group: KeyGroup) {
    self.history = history
    additions = Additions(history, group)
  }

  mutating func run() {
    readForwards()
    readBackwards()
    classify()
  }

  private mutating func grow() {
    let missing = additions.position.count - known.count
    guard missing > 0 else { return }
    for element in known.count..<additions.position.count {
      known.append(additions.acknowledged[element])
      knownBy.append(additions.position[element])
    }
    lastPresent.append(contentsOf: repeatElement(-1, count: missing))
    lastAbsent.append(contentsOf: repeatElement(-1, count: missing))
    offender.append(contentsOf: repeatElement(-1, count: missing))
    isJudged.append(contentsOf: repeatElement(false, count: missing))
  }

  /// Finds when each element became known, and what must not be there.
  private mutating func readForwards() {
    grow()
    var stamp = [Int32](repeating: -1, count: known.count)
    for read in additions.reads {
      let operation = history.operations[Int(read)]
      for value in history.values.elements(operation.result) ?? [] {
        let element = additions.number(value, history)
        if element == known.count {
          grow()
          stamp.append(-1)
        }
        if stamp[element] == read {
          if offender[element] < 0 {
            repeated.append(element)
            offender[element] = read
          }
          continue
        }
        stamp[element] = read
        see(element, read, operation.completionIndex)
      }
    }
  }

  private mutating func see(_ element: Int, _ read: Int32, _ completion: Int32) {
    if lastPresent[element] < 0 || additions.begun[element] > completion {
      noteContents(element, read, completion)
    }
    lastPresent[element] = max(lastPresent[element], completion)
    if completion < known[element] {
      known[element] = completion
      knownBy[element] = read
    }
  }

  private mutating func noteContents(_ element: Int, _ read: Int32, _ completion: Int32) {
    guard offender[element] < 0 else { return }
    if additions.isForeign(element) {
      foreign.append(element)
    } else if additions.isFailed[element] {
      failed.append(element)
    } else if additions.begun[element] > completion {
      early.append(element)
    } else {
      return
    }
    offender[element] = read
  }

  /// Finds the last read that lacks each element. Going back in time, an element leaves the search
  /// when a read lacks it or began before it was known; one that stays was in that read, so the
  /// whole search costs no more than the reads are long.
  private mutating func readBackwards() {
    var stamp = [Int32](repeating: -1, count: known.count)
    var searched = known.indices.filter { known[$0] != .max }
    for read in additions.reads.reversed() {
      let operation = history.operations[Int(read)]
      for value in history.values.elements(operation.result) ?? [] {
        stamp[additions.number(value, history)] = read
      }
      searched = searched.filter { element in
        guard known[element] < operation.invocationIndex else { return false }
        isJudged[element] = true
        guard stamp[element] != read else { return true }
        lastAbsent[element] = read
        return false
      }
    }
  }

  private mutating func classify() {
    for element in known.indices where known[element] != .max {
      guard isJudged[element] else {
        neverReadCount += 1
        continue
      }
      guard lastAbsent[element] >= 0 else {
        stableCount += 1
        latencies.append(0)
        continue
      }
      let missed = history.operations[Int(lastAbsent[element])]
      if lastPresent[element] < missed.invocationIndex {
        lost.append(element)
        continue
      }
      stale.append(element)
      stableCount += 1
      latencies.append(max(0, knownTime(element).duration(to: missed.invoked).nanoseconds))
    }
  }

  private func knownTime(_ element: Int) -> Instant {
    let operation = history.operations[Int(knownBy[element])]
    return operation.completed ?? operation.invoked
  }

  /// Elements that some replica is known to have at the end are not lost, only stale.
  mutating func excuse(_ isThere: (Int) -> Bool) {
    let excused = lost.filter(isThere)
    lost.removeAll(where: isThere)
    stale += excused
    stableCount += excused.count
  }

  /// What made an element known, and the read that lacks it.
  func shown(_ element: Int) -> [Int] {
    [Int(knownBy[element]), Int(lastAbsent[element])].filter { $0 >= 0 }
  }

  func judgeContents(
    _ report: SetReport, allowsDuplicates: Bool, _ judgement: inout Judgement
  ) {
    func violate(_ kind: String, _ elements: [Int], _ one: String, _ many: String) {
      report.violate(kind, elements, &judgement, one: one, many: many) { [Int(offender[$0])] }
    }
    violate(
      "foreign", foreign, "element that nobody added was read",
      "elements that nobody added were read")
    violate(
      "failed but visible", failed, "element whose addition failed was read",
      "elements whose additions failed were read")
    violate(
      "early", early, "element was read before it was added",
      "elements were read before they were added")
    if !allowsDuplicates {
      violate(
        "duplicate", repeated, "element was in one read more than once",
        "elements were in one read more than once")
    }
  }
}
