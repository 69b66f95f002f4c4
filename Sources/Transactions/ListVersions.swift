internal import Histories

/// The order of each key's versions, read off the longest list that a transaction read.
///
/// An element of a list tells which append made the version that ends with it, and every version
/// before; this is why lists recover what registers hide (the Elle paper, section 4.2).
struct ListVersions {
  /// The micro-operation that read the longest list, by key; -1 when nobody read the key.
  private(set) var longest: [Int32]
  /// Where a key's elements begin among all; one more entry than keys.
  private(set) var first: [Int32]
  /// The append of each element; -1 for an element from nowhere and for a repetition.
  private(set) var append: [Int32]
  /// The first element from here on that a possibly committed transaction appended; -1 for none.
  private(set) var nextCommitted: [Int32]
  /// The place of an append's element in its key's list, by micro-operation; -1 when never read.
  private(set) var place: [Int32]
  /// The first place of an aborted append, and of an element from nowhere, by key.
  private(set) var firstAborted: [Int32]
  private(set) var firstGarbage: [Int32]

  /// - Throws: a read of something that is not a list.
  init(
    _ table: TransactionTable, _ index: WriteIndex, _ values: Values, _ log: inout AnomalyLog
  ) throws(MalformedTransaction) {
    longest = try Self.longestReads(table, index, values)
    first = [0]
    append = []
    place = Array(repeating: -1, count: table.verb.count)
    firstAborted = Array(repeating: .max, count: table.keyCount)
    firstGarbage = firstAborted
    nextCommitted = []
    for key in 0..<table.keyCount {
      if longest[key] >= 0 { addElements(of: key, table, index, values, &log) }
      first.append(Int32(append.count))
    }
    nextCommitted = Array(repeating: -1, count: append.count)
    for key in 0..<table.keyCount { linkCommitted(key, table) }
  }

  func elements(of key: Int) -> Range<Int> { Int(first[key])..<Int(first[key + 1]) }

  private static func longestReads(
    _ table: TransactionTable, _ index: WriteIndex, _ values: Values
  ) throws(MalformedTransaction) -> [Int32] {
    var longest = Array(repeating: Int32(-1), count: table.keyCount)
    var length = Array(repeating: -1, count: table.keyCount)
    for mop in table.verb.indices where table.verb[mop] == .read {
      let value = table.value[mop]
      guard let count = value.isNone ? 0 : values.elements(value)?.count else {
        throw MalformedTransaction(
          operation: Int(table.operation[table.transaction(of: mop)]), text: values.describe(value))
      }
      let key = Int(table.key[mop])
      guard count > length[key], !index.ambiguousKeys[key] else { continue }
      length[key] = count
      longest[key] = Int32(mop)
    }
    return longest
  }

  private mutating func addElements(
    of key: Int, _ table: TransactionTable, _ index: WriteIndex, _ values: Values,
    _ log: inout AnomalyLog
  ) {
    let read = Int(longest[key])
    let start = append.count
    for element in values.elements(table.value[read]) ?? [] {
      let canonical = table.canonicalValue(element, in: values)
      let place = Int32(append.count - start)
      guard let write = index.write(of: canonical, to: Int32(key), in: table) else {
        firstGarbage[key] = min(firstGarbage[key], place)
        append.append(-1)
        continue
      }
      guard self.place[write] < 0 else {
        let say = TransactionText(table: table, values: values)
        log.note(.duplicateElements, [table.position(of: read)]) {
          "\(say.name(read)) read \(say.version(read)), \(values.describe(element)) twice"
        }
        append.append(-1)
        continue
      }
      self.place[write] = place
      append.append(Int32(write))
      if table.isAborted(table.transaction(of: write)) {
        firstAborted[key] = min(firstAborted[key], place)
      }
    }
  }

  private mutating func linkCommitted(_ key: Int, _ table: TransactionTable) {
    var next = Int32(-1)
    for slot in elements(of: key).reversed() {
      let write = Int(append[slot])
      if write >= 0, !table.isAborted(table.transaction(of: write)) { next = Int32(slot) }
      nextCommitted[slot] = next
    }
  }
}
