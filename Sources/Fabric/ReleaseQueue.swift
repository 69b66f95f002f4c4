internal import Basics

/// One frame that waits for its time.
struct HeldFrame {
  fileprivate(set) var due: Instant
  let arrived: Instant
  /// Which directed pair of ports it crosses, and the port it goes to.
  fileprivate(set) var pair: Int
  let target: Int
  /// Where its bytes are.
  let slot: FramePool.Slot
  /// How many frames of the wire it stands for.
  let frames: Int
  let isProbe: Bool
  /// Who else counts it: the policies that are about some frames only, this among them.
  let ledgers: LedgerSet
  fileprivate(set) var sequence: UInt64 = 0

  init(
    due: Instant, arrived: Instant, pair: Int, target: Int, slot: FramePool.Slot, frames: Int,
    isProbe: Bool = false, ledgers: LedgerSet = .none
  ) {
    self.ledgers = ledgers
    self.due = due
    self.arrived = arrived
    self.pair = pair
    self.target = target
    self.slot = slot
    self.frames = frames
    self.isProbe = isProbe
  }

  fileprivate func isBefore(_ other: HeldFrame) -> Bool {
    due < other.due || (due == other.due && sequence < other.sequence)
  }
}

/// The frames under way, soonest first; of two due at once, the one that was pushed first.
struct ReleaseQueue {
  private var heap: [HeldFrame] = []
  private var pushed: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }

  /// When the next frame is due.
  var nextDue: Instant? { heap.first?.due }

  mutating func push(_ frame: HeldFrame) {
    var frame = frame
    frame.sequence = pushed
    pushed += 1
    var index = heap.count
    heap.append(frame)
    while index > 0 {
      let parent = (index - 1) / 2
      guard frame.isBefore(heap[parent]) else { break }
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = frame
  }

  /// Takes the next frame out if it is due at `now`.
  mutating func pop(dueAt now: Instant) -> HeldFrame? {
    guard let first = heap.first, first.due <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty { sink(last) }
    return first
  }

  /// Brings the frames of some pairs forward: none of them waits beyond its pair's limit. Their
  /// order stays, for it is the same limit for all of a pair.
  mutating func hasten(_ limits: [Int: Instant]) {
    for index in heap.indices {
      guard let limit = limits[heap[index].pair] else { continue }
      heap[index].due = min(heap[index].due, limit)
    }
    // Sorted is a heap too.
    heap.sort { $0.isBefore($1) }
  }

  /// Gives every frame's pair a new number.
  mutating func renumber(_ number: (Int) -> Int) {
    for index in heap.indices { heap[index].pair = number(heap[index].pair) }
  }

  /// Puts `frame` where the first one was taken from, and moves it down to its place.
  private mutating func sink(_ frame: HeldFrame) {
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      guard heap[child].isBefore(frame) else { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = frame
  }
}
