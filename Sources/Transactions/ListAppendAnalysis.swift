import Checking

internal import Histories

/// What a history of lists shows without looking for cycles, and the dependencies to look in.
struct ListAppendAnalysis {
  /// False when the budget was spent before everything was judged.
  private(set) var isComplete = true
  private(set) var log = AnomalyLog()
  private(set) var edges: DependencyEdges
  /// The append that an `ok` read saw last, by micro-operation; -1 the empty list, -2 unknown.
  private(set) var source: [Int32]
  private let table: TransactionTable
  private let values: Values
  private let index: WriteIndex
  let chains: MopChains
  /// Appends to one key that no read puts in order.
  private(set) var choices = VersionChoices()
  private let versions: ListVersions
  private let say: TransactionText
  /// Keys with an acknowledged append that no read saw.
  private var hasUnseen: [Bool]
  /// Who read everything that was ever read of such a key.
  private var newestReaders: [(key: Int32, transaction: Int32)] = []
  /// The first transaction that read a version and wrote its key: by element, and by empty key.
  private var updaterOfElement: [Int32]
  private var updaterOfEmpty: [Int32]

  init(
    _ table: TransactionTable, _ index: WriteIndex, _ values: Values, within budget: Budget
  ) throws(MalformedTransaction) {
    self.table = table
    self.values = values
    self.index = index
    source = Array(repeating: -2, count: table.verb.count)
    say = TransactionText(table: table, values: values)
    chains = MopChains(table)
    versions = try ListVersions(table, index, values, &log)
    edges = DependencyEdges(transactionCount: table.count, capacity: table.verb.count * 2)
    hasUnseen = Array(repeating: false, count: table.keyCount)
    updaterOfElement = Array(repeating: -1, count: versions.append.count)
    updaterOfEmpty = Array(repeating: -1, count: table.keyCount)
    let unseen = unseenAppends()
    choices = VersionChoices(unseen: unseen, table)
    isComplete = judgeTransactions(within: budget)
    guard isComplete else { return }
    linkVersions()
    linkUnseen(unseen)
  }

  /// The dependencies, given up so that their memory can be.
  mutating func takeEdges() -> DependencyEdges {
    let taken = edges
    edges = DependencyEdges(transactionCount: 0, capacity: 0)
    return taken
  }

  /// Acknowledged, or seen by a read of any key.
  private func tookEffect() -> [Bool] {
    var tookEffect = (0..<table.count).map { table.isOk($0) }
    for write in versions.append where write >= 0 {
      let writer = table.transaction(of: Int(write))
      if !table.isAborted(writer) { tookEffect[writer] = true }
    }
    return tookEffect
  }

  /// The first append of each committed transaction to a key that no read shows, by key: they
  /// came after everything that was read.
  private mutating func unseenAppends() -> [Int32] {
    var unseen: [Int32] = []
    let tookEffect = tookEffect()
    for mop in table.verb.indices
    where table.verb[mop] == .write && versions.place[mop] < 0
      && tookEffect[table.transaction(of: mop)] && !index.ambiguousKeys[Int(table.key[mop])]
    {
      hasUnseen[Int(table.key[mop])] = true
      let previous = Int(chains.previous[mop])
      let isRepeated = previous >= 0 && hasEarlierUnseen(before: previous)
      if !isRepeated { unseen.append(Int32(mop)) }
    }
    return unseen.sorted { (table.key[Int($0)], $0) < (table.key[Int($1)], $1) }
  }

  private func hasEarlierUnseen(before mop: Int) -> Bool {
    var mop = mop
    while mop >= 0 {
      if table.verb[mop] == .write { return versions.place[mop] < 0 }
      mop = Int(chains.previous[mop])
    }
    return false
  }

  /// - Returns: false when the budget was spent first; what was found until then holds.
  private mutating func judgeTransactions(within budget: Budget) -> Bool {
    /// The first external read of a key, until its transaction writes the key.
    var pendingRead = Array(repeating: Int32(-1), count: table.keyCount)
    /// The longest prefix a transaction has read of a key so far, and which transaction's it is.
    var seenLength = Array(repeating: Int32(0), count: table.keyCount)
    var seenBy = Array(repeating: Int32(-1), count: table.keyCount)
    for mop in table.verb.indices where table.isOk(table.transaction(of: mop)) {
      if mop & 0xffff == 0 && budget.isSpent() { return false }
      let key = Int(table.key[mop])
      if table.verb[mop] == .write {
        if seenBy[key] == table.owner[mop], versions.place[mop] >= 0,
          seenLength[key] > versions.place[mop]
        {
          noteFutureRead(of: mop)
        }
        let read = Int(pendingRead[key])
        if read >= 0, table.owner[read] == table.owner[mop] {
          noteUpdates(by: mop, from: seenLength[key], key)
        }
        pendingRead[key] = -1
        continue
      }
      if chains.previous[mop] >= 0 { judgeInternal(mop) }
      guard !index.ambiguousKeys[key] else { continue }
      guard let length = prefixLength(mop, key) else {
        judgeIncompatible(mop, key)
        continue
      }
      if chains.previous[mop] < 0 { pendingRead[key] = Int32(mop) }
      if seenBy[key] != table.owner[mop] {
        seenBy[key] = table.owner[mop]
        seenLength[key] = -1
      }
      guard Int32(length) != seenLength[key] else { continue }
      seenLength[key] = max(seenLength[key], Int32(length))
      judgeRead(mop, key, length)
    }
    return true
  }

  /// The length of a list that is a prefix of its key's longest; nil when it is not.
  private func prefixLength(_ mop: Int, _ key: Int) -> Int? {
    let longest = Int(versions.longest[key])
    guard let list = values.elements(table.value[mop]) else { return 0 }
    guard longest != mop, let whole = values.elements(table.value[longest]) else {
      return list.count
    }
    var other = whole.startIndex
    for element in list {
      guard element == whole[other] || values.areEqual(element, whole[other]) else { return nil }
      other += 1
    }
    return list.count
  }

  /// The dependencies and the dirty reads of one read.
  private mutating func judgeRead(_ mop: Int, _ key: Int, _ length: Int) {
    let reader = table.transaction(of: mop)
    let elements = versions.elements(of: key)
    if length > versions.firstAborted[key] {
      noteAborted(mop, Int(versions.append[elements.lowerBound + Int(versions.firstAborted[key])]))
    }
    if length > versions.firstGarbage[key] { noteGarbage(mop, Int(versions.firstGarbage[key])) }
    if length == 0 { source[mop] = -1 }
    if length > 0 {
      let write = Int(versions.append[elements.lowerBound + length - 1])
      if write >= 0 {
        let writer = table.transaction(of: write)
        // What follows one's own append, its version order tells already.
        if writer == reader { return }
        linkRead(mop, from: write)
      }
    }
    let next = length < elements.count ? versions.nextCommitted[elements.lowerBound + length] : -1
    if next >= 0 {
      let write = Int(versions.append[Int(next)])
      edges.add(reader, table.transaction(of: write), .readWrite, because: write)
    } else if hasUnseen[key] {
      newestReaders.append((Int32(key), Int32(reader)))
    }
  }

  private mutating func linkRead(_ mop: Int, from write: Int) {
    let writer = table.transaction(of: write)
    guard !table.isAborted(writer) else { return }
    source[mop] = Int32(write)
    edges.add(writer, table.transaction(of: mop), .writeRead, because: mop)
    if chains.isOverwritten[write] {
      let say = say
      log.note(.g1b, [table.position(of: write), table.position(of: mop)]) {
        "\(say.name(mop)) read \(say.version(mop)) as \(say.name(write)) left it before its "
          + "last append"
      }
    }
  }

  /// Versions in their order: who wrote before whom, and which aborted writes were kept.
  private mutating func linkVersions() {
    for key in 0..<table.keyCount {
      var committed = -1
      var aborted = -1
      for slot in versions.elements(of: key) {
        let write = Int(versions.append[slot])
        guard write >= 0 else { continue }
        let writer = table.transaction(of: write)
        if table.isAborted(writer) {
          aborted = write
          continue
        }
        if aborted >= 0, table.isOk(writer) {
          let say = say
          log.note(.dirtyUpdate, [table.position(of: aborted), table.position(of: write)]) {
            "\(say.name(write)) appended to \(say.key(number: key)) after "
              + "\(say.value(aborted)), which \(say.name(aborted)) "
              + "appended and aborted"
          }
          aborted = -1
        }
        if committed >= 0 {
          edges.add(table.transaction(of: committed), writer, .writeWrite, because: write)
        }
        committed = write
      }
    }
  }

  private mutating func linkUnseen(_ unseen: [Int32]) {
    newestReaders.sort { ($0.key, $0.transaction) < ($1.key, $1.transaction) }
    var reader = 0
    var start = 0
    while start < unseen.count {
      let key = table.key[Int(unseen[start])]
      var end = start
      while end < unseen.count, table.key[Int(unseen[end])] == key { end += 1 }
      var sources: [(transaction: Int, kind: DependencyGraph.Edge)] = []
      if let last = lastCommitted(Int(key)) { sources.append((last, .writeWrite)) }
      while reader < newestReaders.count, newestReaders[reader].key < key { reader += 1 }
      while reader < newestReaders.count, newestReaders[reader].key == key {
        sources.append((Int(newestReaders[reader].transaction), .readWrite))
        reader += 1
      }
      let targets = unseen[start..<end].map { (table.transaction(of: Int($0)), Int($0)) }
      edges.addAll(sources, targets)
      start = end
    }
  }

  /// The transaction that appended the last element that is possibly committed.
  private func lastCommitted(_ key: Int) -> Int? {
    for slot in versions.elements(of: key).reversed() where versions.append[slot] >= 0 {
      let writer = table.transaction(of: Int(versions.append[slot]))
      if !table.isAborted(writer) { return writer }
    }
    return nil
  }

}

extension ListAppendAnalysis {
  private mutating func noteAborted(_ read: Int, _ write: Int) {
    let say = say
    log.note(.g1a, [table.position(of: write), table.position(of: read)]) {
      "\(say.name(read)) read \(say.version(read)), with \(say.value(write)) of "
        + "\(say.name(write)), which aborted"
    }
  }

  private mutating func noteGarbage(_ read: Int, _ place: Int) {
    let list = values.elements(table.value[read])!
    let element = values.describe(list[list.startIndex + place])
    let say = say
    log.note(.garbageRead, [table.position(of: read)]) {
      "\(say.name(read)) read \(say.version(read)), and nobody appended \(element)"
    }
  }

  private mutating func noteFutureRead(of write: Int) {
    let say = say
    log.note(.futureRead, [table.position(of: write)]) {
      "\(say.name(write)) read \(say.value(write)) of "
        + "\(say.key(write)) before it appended it"
    }
  }

  /// Every version of the key that the transaction read before it appended; usually that is one.
  private mutating func noteUpdates(by write: Int, from longest: Int32, _ key: Int) {
    noteUpdate(from: longest, key, write)
    let last = Int(chains.previous[write])
    guard last >= 0, chains.previous[last] >= 0 else { return }
    var read = last
    while read >= 0, table.verb[read] == .read {
      if let length = prefixLength(read, key), Int32(length) != longest {
        noteUpdate(from: Int32(length), key, write)
      }
      read = Int(chains.previous[read])
    }
  }

  /// A transaction read a version and then wrote the key: only one can.
  private mutating func noteUpdate(from length: Int32, _ key: Int, _ write: Int) {
    let updater = Int32(table.transaction(of: write))
    let slot = versions.elements(of: key).lowerBound + Int(length) - 1
    let other = length <= 0 ? updaterOfEmpty[key] : updaterOfElement[slot]
    if other < 0 {
      if length <= 0 { updaterOfEmpty[key] = updater } else { updaterOfElement[slot] = updater }
    } else if other != updater {
      let last = length <= 0 ? -1 : Int(versions.append[slot])
      let say = say
      log.note(.lostUpdate, [Int(table.operation[Int(other)]), table.position(of: write)]) {
        let version = last < 0 ? "[]" : "what ended with \(say.value(last))"
        return "\(say.name(transaction: Int(other))) and \(say.name(write)) both read "
          + "\(version) of \(say.key(number: key)) and appended to it"
      }
    }
  }

  /// A read that is no prefix of the longest: elements are looked up one by one.
  private mutating func judgeIncompatible(_ mop: Int, _ key: Int) {
    let longest = Int(versions.longest[key])
    let say = say
    log.note(.incompatibleOrder, [table.position(of: longest), table.position(of: mop)]) {
      "\(say.name(longest)) read \(say.version(longest)) and \(say.name(mop)) read "
        + say.value(mop)
    }
    var seen: Set<Int> = []
    var isAborted = false
    var isRepeated = false
    var last = -1
    for (place, element) in values.elements(table.value[mop])!.enumerated() {
      let canonical = table.canonicalValue(element, in: values)
      guard let write = index.write(of: canonical, to: Int32(key), in: table) else {
        noteGarbage(mop, place)
        last = -1
        continue
      }
      if !seen.insert(write).inserted && !isRepeated {
        isRepeated = true
        let say = say
        log.note(.duplicateElements, [table.position(of: mop)]) {
          "\(say.name(mop)) read \(say.version(mop)), \(say.values.describe(element)) twice"
        }
      }
      if table.isAborted(table.transaction(of: write)) && !isAborted {
        isAborted = true
        noteAborted(mop, write)
      }
      if table.owner[write] == table.owner[mop] && write > mop { noteFutureRead(of: write) }
      last = write
    }
    if last >= 0, table.owner[last] != table.owner[mop] { linkRead(mop, from: last) }
  }

  /// A read must be what the transaction read of the key before, and what it appended since.
  private mutating func judgeInternal(_ mop: Int) {
    var own: [Value] = []
    var base = Int(chains.previous[mop])
    while base >= 0, table.verb[base] == .write {
      own.append(table.value[base])
      base = Int(chains.previous[base])
    }
    own.reverse()
    let list = values.elements(table.value[mop]) ?? []
    let known = base >= 0 ? values.elements(table.value[base]) ?? [] : []
    let isRightLength =
      base >= 0 ? list.count == known.count + own.count : list.count >= own.count
    let isConsistent =
      isRightLength
      && zip(list, known).allSatisfy { values.areEqual($0, $1) }
      && zip(list.suffix(own.count), own).allSatisfy { values.areEqual($0, $1) }
    guard !isConsistent else { return }
    let say = say
    log.note(.internal, [table.position(of: mop)]) {
      let before =
        base >= 0 ? "had read \(say.value(base))" : "knew nothing of it"
      let added =
        own.isEmpty ? "" : " and appended \(own.map(say.values.describe).joined(separator: ", "))"
      return "\(say.name(mop)) read \(say.version(mop)), but \(before)\(added)"
    }
  }
}
