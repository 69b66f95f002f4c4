/// Which transactions read each version of a register from outside.
struct ReadersByVersion {
  private let firstOfWrite: [Int32]
  private let firstOfKey: [Int32]
  private let readers: [Int32]
  private let initialReaders: [Int32]

  init(_ table: TransactionTable, _ source: [Int32]) {
    var writeBuckets = BucketSort(count: table.verb.count)
    var keyBuckets = BucketSort(count: table.keyCount)
    for mop in table.verb.indices where table.verb[mop] == .read {
      if source[mop] >= 0 { writeBuckets.announce(Int(source[mop])) }
      if source[mop] == -1 { keyBuckets.announce(Int(table.key[mop])) }
    }
    writeBuckets.layOut()
    keyBuckets.layOut()
    for mop in table.verb.indices where table.verb[mop] == .read {
      if source[mop] >= 0 { writeBuckets.put(table.owner[mop], in: Int(source[mop])) }
      if source[mop] == -1 { keyBuckets.put(table.owner[mop], in: Int(table.key[mop])) }
    }
    (firstOfWrite, readers) = (writeBuckets.first, writeBuckets.items)
    (firstOfKey, initialReaders) = (keyBuckets.first, keyBuckets.items)
  }

  func ofWrite(_ write: Int) -> ArraySlice<Int32> {
    readers[Int(firstOfWrite[write])..<Int(firstOfWrite[write + 1])]
  }

  func ofInitial(_ key: Int) -> ArraySlice<Int32> {
    initialReaders[Int(firstOfKey[key])..<Int(firstOfKey[key + 1])]
  }
}

/// Items by bucket in one flat array: first every item is announced, then put.
struct BucketSort {
  /// Where each bucket begins; one more entry than buckets.
  private(set) var first: [Int32]
  private(set) var items: [Int32] = []
  private var cursor: [Int32] = []

  init(count: Int) { first = Array(repeating: 0, count: count + 1) }

  mutating func announce(_ bucket: Int) { first[bucket + 1] += 1 }

  mutating func layOut() {
    for bucket in first.indices.dropFirst() { first[bucket] += first[bucket - 1] }
    items = Array(repeating: 0, count: Int(first.last!))
    cursor = first
  }

  mutating func put(_ item: Int32, in bucket: Int) {
    items[Int(cursor[bucket])] = item
    cursor[bucket] += 1
  }
}
