import Histories

/// All operations on one value of one key: the positions of events that bound its zone.
struct Cluster {
  let value: Value
  let key: Int32
  /// Where its write began; `.max` when nobody wrote it.
  var written: Int32 = .max
  /// The earliest completion of its operations; `.max` for none.
  var low: Int32 = .max
  /// The latest invocation of its operations.
  var high: Int32 = -1
  var isRead = false

  var isWritten: Bool { written != .max }
  /// Of unknown outcome and without a trace.
  var isNeverSeen: Bool { low == .max }
  var isForward: Bool { low < high }
}

/// Finds the cluster of a value: open addressing over one flat array.
struct ClusterTable {
  private(set) var clusters: ContiguousArray<Cluster> = []
  /// The number of a cluster plus one; zero for a free slot.
  private var slots: ContiguousArray<Int32>

  init(expected: Int) {
    var size = 64
    while size < expected * 2 { size *= 2 }
    slots = .init(repeating: 0, count: size)
    clusters.reserveCapacity(expected)
  }

  mutating func read(_ value: Value, key: Int32, from began: Int32, to ended: Int32) {
    let index = index(of: value, key: key)
    clusters[index].isRead = true
    clusters[index].low = min(clusters[index].low, ended)
    clusters[index].high = max(clusters[index].high, began)
  }

  /// False when the value was written before.
  mutating func write(_ value: Value, key: Int32, from began: Int32, to ended: Int32) -> Bool {
    let index = index(of: value, key: key)
    if clusters[index].isWritten { return false }
    clusters[index].written = began
    clusters[index].low = min(clusters[index].low, ended)
    clusters[index].high = max(clusters[index].high, began)
    return true
  }

  /// The number of a cluster, if anything touched that value.
  func find(_ value: Value, key: Int32) -> Int? {
    var slot = Self.hash(value, key) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if clusters[index].value == value, clusters[index].key == key { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func index(of value: Value, key: Int32) -> Int {
    var slot = Self.hash(value, key) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if clusters[index].value == value, clusters[index].key == key { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    clusters.append(Cluster(value: value, key: key))
    slots[slot] = Int32(clusters.count)
    if clusters.count * 3 > slots.count * 2 { grow() }
    return clusters.count - 1
  }

  private mutating func grow() {
    slots = .init(repeating: 0, count: slots.count * 2)
    for (index, cluster) in clusters.enumerated() {
      var slot = Self.hash(cluster.value, cluster.key) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index + 1)
    }
  }

  /// Keeps eight neighbouring values of a key together: values are mostly used in their order,
  /// and a cache line then serves eight of them.
  private static func hash(_ value: Value, _ key: Int32) -> Int {
    let word = value.word >> 3
    let block = mixed(word >> 3 ^ UInt64(UInt32(bitPattern: key)) << 40 ^ value.word & 7)
    return Int(truncatingIfNeeded: (block >> 8) << 3 | word & 7)
  }
}

/// Numbers keys in the order they are met.
struct KeyTable {
  private var numbers: [Value: Int32] = [:]
  private var last: (key: Value, number: Int32)?

  mutating func number(of key: Value) -> Int32 {
    if let last, last.key == key { return last.number }
    let number = numbers[key] ?? Int32(numbers.count)
    numbers[key] = number
    last = (key, number)
    return number
  }
}

extension Value {
  /// A value's eight bytes, for hashing.
  var word: UInt64 { unsafe unsafeBitCast(self, to: UInt64.self) }
}

/// A strong mix of one word (the finaliser of SplitMix64).
private func mixed(_ word: UInt64) -> UInt64 {
  var z = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
