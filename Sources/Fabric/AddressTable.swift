internal import Basics

/// Which port each hardware address was last heard on: the memory of the learning switches, all
/// segments in one table.
///
/// Open addressing over flat arrays: one probe per frame as a rule, no hashing of strings, and no
/// order that changes from run to run. An address not heard of for `age` is forgotten.
struct AddressTable {
  /// As long as an ordinary bridge remembers (IEEE 802.1Q, table 8-6: 300 s).
  static let age = Duration.seconds(300)

  private var keys: [UInt64]
  private var ports: [Int32]
  private var heard: [Int64]
  private var count = 0
  private let ageNanoseconds: Int64

  /// `capacity` is a power of two; half of it is used.
  init(capacity: Int = 4096, age: Duration = Self.age) {
    precondition(capacity > 1 && capacity & (capacity - 1) == 0)
    keys = Array(repeating: 0, count: capacity)
    ports = Array(repeating: 0, count: capacity)
    heard = Array(repeating: 0, count: capacity)
    ageNanoseconds = age.nanoseconds
  }

  /// Remembers that `address` was heard on `port`. A full table forgets what is too old; when
  /// nothing is, the new address stays unknown and its frames are flooded, as on a real switch.
  mutating func learn(_ address: MAC, segment: Int, port: Int, at now: Instant) {
    guard !address.isMulticast, address.bits != 0 else { return }
    let key = Self.key(address, segment)
    var slot = find(key)
    if keys[slot] != key {
      if count >= keys.count / 2 { forgetOld(at: now) }
      guard count < keys.count / 2 else { return }
      slot = find(key)
      keys[slot] = key
      count += 1
    }
    ports[slot] = Int32(truncatingIfNeeded: port)
    heard[slot] = now.nanoseconds
  }

  /// The port that `address` was last heard on, nil when that is unknown or too long ago.
  func port(of address: MAC, segment: Int, at now: Instant) -> Int? {
    let key = Self.key(address, segment)
    let slot = find(key)
    guard keys[slot] == key, now.nanoseconds - heard[slot] <= ageNanoseconds else { return nil }
    return Int(ports[slot])
  }

  /// Forgets every address heard on `port`.
  mutating func forget(port: Int) {
    rebuild { _, known in known != Int32(truncatingIfNeeded: port) }
  }

  private mutating func forgetOld(at now: Instant) {
    let oldest = now.nanoseconds - ageNanoseconds
    rebuild { heard, _ in heard >= oldest }
  }

  private mutating func rebuild(keeping isKept: (_ heard: Int64, _ port: Int32) -> Bool) {
    let old = (keys, ports, heard)
    keys = Array(repeating: 0, count: old.0.count)
    count = 0
    for index in old.0.indices where old.0[index] != 0 && isKept(old.2[index], old.1[index]) {
      let slot = find(old.0[index])
      keys[slot] = old.0[index]
      ports[slot] = old.1[index]
      heard[slot] = old.2[index]
      count += 1
    }
  }

  /// Never zero, which marks a free slot.
  private static func key(_ address: MAC, _ segment: Int) -> UInt64 {
    UInt64(segment + 1) << 48 | address.bits
  }

  /// The slot that holds `key`, or the free one where it belongs.
  private func find(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 40) & mask
    while keys[slot] != 0 && keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }
}
