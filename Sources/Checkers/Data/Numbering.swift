/// Numbers distinct 64-bit keys in the order in which they are first met.
///
/// An open-addressing table with Fibonacci hashing (Knuth, volume 3, section 6.4): on keys that are
/// themselves dense numbers several times faster than a dictionary, which defends against chosen
/// keys.
struct Numbering {
  private var keys: [UInt64]
  /// By slot: the number of the key there; -1 for an empty slot.
  private var numbers: [Int32]
  private var shift: Int
  private(set) var count = 0

  init() {
    keys = Array(repeating: 0, count: 16)
    numbers = Array(repeating: -1, count: 16)
    shift = 60
  }

  /// The number of a key; nil when it was never met.
  func known(_ key: UInt64) -> Int? {
    let number = numbers[slot(of: key)]
    return number < 0 ? nil : Int(number)
  }

  /// The number of a key; `count` before the call when it is new.
  mutating func number(_ key: UInt64) -> Int {
    var place = slot(of: key)
    if numbers[place] >= 0 { return Int(numbers[place]) }
    if 2 * count >= keys.count {
      grow()
      place = slot(of: key)
    }
    keys[place] = key
    numbers[place] = Int32(count)
    count += 1
    return count - 1
  }

  /// The slot that holds a key, or the empty one where it would go.
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    // Folded first: keys that differ only in high bits, such as snowflakes, would else collide.
    let mixed = (key ^ key >> 29) &* 0x9e37_79b9_7f4a_7c15
    var place = Int(truncatingIfNeeded: mixed >> UInt64(shift))
    while numbers[place] >= 0 && keys[place] != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let (oldKeys, oldNumbers) = (keys, numbers)
    keys = Array(repeating: 0, count: 2 * oldKeys.count)
    numbers = Array(repeating: -1, count: 2 * oldKeys.count)
    shift -= 1
    for place in oldKeys.indices where oldNumbers[place] >= 0 {
      let new = slot(of: oldKeys[place])
      keys[new] = oldKeys[place]
      numbers[new] = oldNumbers[place]
    }
  }
}
