/// The calls in flight that may change the state, in the order a configuration tries them.
struct PendingCalls {
  /// Sorted by call, then deadline, then age: of equal calls the first not yet taken is tried.
  private(set) var calls: ContiguousArray<PendingCall> = []

  mutating func insert(_ call: PendingCall) {
    var (low, high) = (0, calls.count)
    while low < high {
      let middle = (low + high) / 2
      if calls[middle].precedes(call) { low = middle + 1 } else { high = middle }
    }
    calls.insert(call, at: low)
  }

  mutating func remove(entry: Int32) {
    if let position = calls.firstIndex(where: { $0.entry == entry }) { calls.remove(at: position) }
  }
}

struct PendingCall {
  let call: Int32
  let deadline: Int32
  /// The bit that says it need not take effect any more; nothing for an open call.
  let doneBit: Int32
  /// The bit that says it can take effect no more.
  let usedBit: Int32
  /// Its number in the search's entries.
  let entry: Int32

  var isOpen: Bool { deadline == .max }

  func precedes(_ other: PendingCall) -> Bool {
    (call, deadline, usedBit) < (other.call, other.deadline, other.usedBit)
  }
}

/// The pending calls that never change the state, and for each state which of them agree with it.
struct ReadMasks {
  private(set) var calls: ContiguousArray<PendingCall> = []
  private let words: Int
  /// By state; trusted only where the stamp is current.
  private var masks: ContiguousArray<UInt64> = []
  private var stamps: ContiguousArray<UInt32> = []
  private var stamp: UInt32 = 1

  init(words: Int) { self.words = words }

  mutating func insert(_ call: PendingCall) {
    calls.append(call)
    forget()
  }

  mutating func remove(entry: Int32) {
    calls.removeAll { $0.entry == entry }
    forget()
  }

  /// Nothing computed so far holds any longer.
  mutating func forget() {
    stamp &+= 1
    guard stamp == 0 else { return }
    stamp = 1
    for state in stamps.indices { stamps[state] = 0 }
  }

  /// Marks in a configuration's row every read that agrees with its state.
  mutating func mark<Model>(
    _ row: inout ContiguousArray<UInt64>, in state: Int32, _ states: inout StateTable<Model>
  ) {
    if calls.isEmpty { return }
    let state = Int(state)
    if state >= stamps.count {
      let count = max(state + 1, stamps.count * 2)
      stamps.append(contentsOf: repeatElement(0, count: count - stamps.count))
      masks.append(contentsOf: repeatElement(0, count: count * words - masks.count))
    }
    if stamps[state] != stamp { compute(state, &states) }
    for word in 0..<words { row[1 + word] |= masks[state * words + word] }
  }

  private mutating func compute<Model>(_ state: Int, _ states: inout StateTable<Model>) {
    stamps[state] = stamp
    for word in 0..<words { masks[state * words + word] = 0 }
    for read in calls
    where states.successor(of: Int32(state), after: read.call) != StateTable<Model>.refused {
      masks[state * words + Int(read.doneBit >> 6)] |= 1 << UInt64(read.doneBit & 63)
    }
  }
}
