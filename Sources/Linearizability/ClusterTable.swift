import Histories

/// All operations on one value of one key: the positions of events that bound its zone.
struct ValueCluster {
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
///
/// Eight neighbouring values of a key share a cache line, for values are mostly used in their
/// order; a value that finds its place taken goes to the same place of the next line.
struct ClusterTable {
  private(set) var clusters: ContiguousArray<ValueCluster> = []
  /// Part of the hash in the high half, the number of a cluster plus one in the low; 0 is free.
  private var slots: ContiguousArray<UInt64>

  init(expected: Int) {
    var size = 64
    while size < expected * 2 { size *= 2 }
    slots = .init(repeating: 0, count: size)
    clusters.reserveCapacity(expected)
  }

  mutating func read(_ value: Value, key: Int32, from began: Int32, to ended: Int32) {
    let index = index(of: value, key: key)
    var cluster = clusters[index]
    cluster.isRead = true
    cluster.low = min(cluster.low, ended)
    cluster.high = max(cluster.high, began)
    clusters[index] = cluster
  }

  /// False when the value was written before.
  mutating func write(_ value: Value, key: Int32, from began: Int32, to ended: Int32) -> Bool {
    let index = index(of: value, key: key)
    var cluster = clusters[index]
    if cluster.isWritten { return false }
    cluster.written = began
    cluster.low = min(cluster.low, ended)
    cluster.high = max(cluster.high, began)
    clusters[index] = cluster
    return true
  }

  /// The number of a cluster, if anything touched that value.
  func find(_ value: Value, key: Int32) -> Int? {
    let place = Place(value, key)
    var slot = place.slot & (slots.count - 1)
    while slots[slot] != 0 {
      if let index = match(slots[slot], place, value, key) { return index }
      slot = following(slot)
    }
    return nil
  }

  private mutating func index(of value: Value, key: Int32) -> Int {
    let place = Place(value, key)
    var slot = place.slot & (slots.count - 1)
    while slots[slot] != 0 {
      if let index = match(slots[slot], place, value, key) { return index }
      slot = following(slot)
    }
    clusters.append(ValueCluster(value: value, key: key))
    slots[slot] = place.tag | UInt64(clusters.count)
    if clusters.count * 16 > slots.count * 9 { grow() }
    return clusters.count - 1
  }

  /// The same place of the next line; after the last line, the next place of the first. All
  /// places are visited before one comes again, so a search always ends.
  @inline(__always)
  private func following(_ slot: Int) -> Int {
    let next = slot + 8
    return next < slots.count ? next : (next + 1) & 7
  }

  @inline(__always)
  private func match(_ slot: UInt64, _ place: Place, _ value: Value, _ key: Int32) -> Int? {
    guard (slot ^ place.tag) >> 32 == 0 else { return nil }
    let index = Int(slot & 0xffff_ffff) - 1
    return clusters[index].value == value && clusters[index].key == key ? index : nil
  }

  private mutating func grow() {
    slots = .init(repeating: 0, count: slots.count * 2)
    for (index, cluster) in clusters.enumerated() {
      let place = Place(cluster.value, cluster.key)
      var slot = place.slot & (slots.count - 1)
      while slots[slot] != 0 { slot = following(slot) }
      slots[slot] = place.tag | UInt64(index + 1)
    }
  }

  /// Where a value belongs. The line comes from all but three bits of it, the place in the line
  /// from those three, turned by the line's hash so that multiples of eight use every place.
  private struct Place {
    let slot: Int
    let tag: UInt64

    @inline(__always)
    init(_ value: Value, _ key: Int32) {
      let word = value.word >> 3
      let line = mixed(
        word >> 3 ^ UInt64(UInt32(bitPattern: key)) << 40 ^ (value.word & 7) << 37)
      slot = Int(truncatingIfNeeded: (line >> 8 & ~7) | ((word &+ line) & 7))
      tag = (line >> 24 &+ word) << 32
    }
  }
}

/// Numbers keys in the order they are met.
struct KeyTable {
  private(set) var keys: [Value] = []
  /// A key's number plus one; 0 is free.
  private var slots = ContiguousArray<Int32>(repeating: 0, count: 64)

  mutating func number(of key: Value) -> Int32 {
    var slot = Int(truncatingIfNeeded: mixed(key.word)) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if keys[Int(number)] == key { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys.append(key)
    slots[slot] = Int32(keys.count)
    if keys.count * 2 > slots.count { grow() }
    return Int32(keys.count - 1)
  }

  private mutating func grow() {
    slots = .init(repeating: 0, count: slots.count * 2)
    for (number, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: mixed(key.word)) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number + 1)
    }
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
