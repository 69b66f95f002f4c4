/// The states a search has met, each under a small number, and a bounded memory of transitions.
struct StateTable<Model: SequentialModel> {
  /// What `successor` answers when the call cannot happen.
  static var refused: Int32 { -1 }

  private let model: Model
  private let calls: [Model.Call]
  private(set) var states: [Model.State] = []
  private var numbers: [Model.State: Int32] = [:]
  /// Direct-mapped: a state and a call to the successor. Forgetting is harmless.
  private var memo: ContiguousArray<Memo>
  private let memoMask: Int
  private var heapBytes = 0
  /// How many states may be kept before those no configuration is in are forgotten.
  private var limit = 4096
  private var limitBytes = Self.smallBytes

  /// What states may hold on the heap before it is worth forgetting any.
  private static var smallBytes: Int { 16 << 20 }

  private struct Memo {
    var key: UInt64
    var successor: Int32
  }

  init(_ model: Model, calls: [Model.Call], steps: Int) {
    self.model = model
    self.calls = calls
    var size = 64
    while size < steps * 4, size < 1 << 15 { size *= 2 }
    memoMask = size - 1
    memo = .init(repeating: Memo(key: .max, successor: 0), count: size)
  }

  var sizeBytes: Int {
    heapBytes * 2 + states.count * (MemoryLayout<Model.State>.stride * 4 + 16) + memo.count * 16
  }

  var isCrowded: Bool { states.count > limit || heapBytes > limitBytes }

  mutating func number(of state: Model.State) -> Int32 {
    if let number = numbers[state] { return number }
    let number = Int32(states.count)
    states.append(state)
    numbers[state] = number
    heapBytes += Model.heapBytes(of: state)
    return number
  }

  /// The state that a call leads to, or `refused`.
  mutating func successor(of state: Int32, after call: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(UInt32(bitPattern: call))
    let slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 40) & memoMask
    if memo[slot].key == key { return memo[slot].successor }
    let next = model.apply(calls[Int(call)], to: states[Int(state)])
    let successor = next.map { number(of: $0) } ?? Self.refused
    memo[slot] = Memo(key: key, successor: successor)
    return successor
  }

  /// Keeps only the given states and gives them new numbers, in their order.
  mutating func keep(_ kept: [Int32]) {
    let survivors = kept.map { states[Int($0)] }
    states = []
    numbers = [:]
    heapBytes = 0
    for state in survivors { _ = number(of: state) }
    for slot in memo.indices { memo[slot].key = .max }
    limit = max(4096, kept.count * 4)
    limitBytes = max(Self.smallBytes, heapBytes * 4)
  }
}
