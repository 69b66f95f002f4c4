import Histories

/// Gives every distinct value of a history a dense number, so that what is known of it fits into
/// flat arrays.
///
/// Lists and maps are distinct by content. Small integers, by far the most frequent elements, are
/// looked up in a table instead of being hashed.
struct Elements {
  /// The value of each number.
  private(set) var values: [Value] = []
  private var table: [Int32] = []
  /// Scalars by their bits: equal scalars have equal bits, for texts and wide numbers are interned.
  private var index = Numbering()
  /// By number in `index`: the number here.
  private var scalars: [Int32] = []
  private var deepIndex: [String: Int32] = [:]

  /// Integers below this are kept in the table: at most 32 MiB.
  private static let tableLimit: Int64 = 1 << 23

  var count: Int { values.count }

  /// The number of a value, new or not.
  mutating func number(_ value: Value, _ history: History) -> Int {
    if let integer = value.smallInteger, integer >= 0, hasPlace(integer) {
      return tabled(Int(integer), value)
    }
    if value.kind == .list || value.kind == .map {
      return Int(insert(value, under: history.values.describe(value)))
    }
    return hashed(value)
  }

  /// Whether an integer is looked up in the table, which never grows far beyond what it holds: a
  /// single large integer among few, under each of many keys, would cost more than all the rest.
  private func hasPlace(_ integer: Int64) -> Bool {
    integer < table.count
      || integer < min(Elements.tableLimit, Int64(1024 + 8 * values.count))
  }

  private mutating func hashed(_ value: Value) -> Int {
    let place = index.number(unsafe unsafeBitCast(value, to: UInt64.self))
    if place == scalars.count {
      values.append(value)
      scalars.append(Int32(values.count - 1))
    }
    return Int(scalars[place])
  }

  private mutating func tabled(_ integer: Int, _ value: Value) -> Int {
    if integer >= table.count {
      let size = max(64, (integer + 1).nextPowerOf2)
      table.append(contentsOf: repeatElement(-1, count: size - table.count))
    }
    if table[integer] < 0 {
      if scalars.isEmpty {
        values.append(value)
        table[integer] = Int32(values.count - 1)
      } else {
        // It may have been hashed before the table reached so far.
        table[integer] = Int32(hashed(value))
      }
    }
    return Int(table[integer])
  }

  private mutating func insert(_ value: Value, under content: String) -> Int32 {
    if let known = deepIndex[content] { return known }
    values.append(value)
    deepIndex[content] = Int32(values.count - 1)
    return Int32(values.count - 1)
  }
}

extension Int {
  /// The smallest power of two that is not smaller.
  fileprivate var nextPowerOf2: Int { 1 << (bitWidth - (self - 1).leadingZeroBitCount) }
}
