import Histories

/// What one read of a set showed, by element.
struct Visible {
  /// The position of the read.
  let read: Int
  /// By element: whether the read had it.
  private(set) var isSeen: [Bool]
  /// Elements the read had more than once.
  private(set) var repeated: [Int] = []
  /// Elements nobody tried to add.
  private(set) var foreign: [Int] = []
  /// Elements whose every addition certainly failed.
  private(set) var failed: [Int] = []
  /// Elements of an addition of unknown outcome.
  private(set) var recovered: [Int] = []
  /// Elements whose addition had not begun when the read was over.
  private(set) var early: [Int] = []
  private(set) var count = 0

  init(_ read: Int32, _ additions: inout Additions, _ history: History) {
    self.read = Int(read)
    let operation = history.operations[Int(read)]
    isSeen = [Bool](repeating: false, count: additions.elements.count)
    for value in history.values.elements(operation.result) ?? [] {
      let element = additions.number(value, history)
      if element >= isSeen.count { isSeen.append(contentsOf: repeatElement(false, count: 1024)) }
      guard !isSeen[element] else {
        repeated.append(element)
        continue
      }
      isSeen[element] = true
      count += 1
      if additions.isForeign(element) {
        foreign.append(element)
      } else if additions.isFailed[element] {
        failed.append(element)
      } else if additions.begun[element] > operation.completionIndex {
        early.append(element)
      } else if additions.acknowledged[element] == .max {
        recovered.append(element)
      }
    }
  }

  func has(_ element: Int) -> Bool { element < isSeen.count && isSeen[element] }

  /// Acknowledged before the read began, and not in it.
  func missing(_ additions: Additions, _ history: History) -> [Int] {
    let start = history.operations[read].invocationIndex
    return additions.acknowledged.indices.filter {
      additions.acknowledged[$0] < start && !has($0)
    }
  }
}
