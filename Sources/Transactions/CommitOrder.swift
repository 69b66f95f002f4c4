import Checking

/// The edges that every commit order of a weak level must have, as the axiom demands them.
struct CommitOrder {
  /// False when the budget was spent before every demand was found.
  private(set) var isComplete = true
  private let history: WeakReads
  private let budget: Budget
  private(set) var edges: DependencyEdges
  /// Reads of the initial state with a writer of the key in sight: no commit order allows them.
  private(set) var staleInitials: [(writer: Int, mop: Int)] = []
  /// The place of a key in the transaction at hand, by key; valid where `stamp` says so.
  private var slot: [Int32]
  private var stamp: [Int32]

  /// Session order and reads, which every level keeps.
  init(_ history: WeakReads, within budget: Budget) {
    self.history = history
    self.budget = budget
    let table = history.table
    slot = Array(repeating: 0, count: table.keyCount)
    stamp = Array(repeating: -1, count: table.keyCount)
    edges = DependencyEdges(transactionCount: table.count, capacity: table.verb.count * 2)
    for transaction in 0..<table.count where history.tookEffect[transaction] {
      let previous = Int(history.sessionPrevious[transaction])
      if previous >= 0 { edges.add(previous, transaction, .process, because: -1) }
      for read in history.reads(transaction) where read.writer >= 0 {
        edges.add(read.writer, transaction, .writeRead, because: read.mop)
      }
    }
  }

  /// The order of versions where it is known, as lists tell it.
  mutating func add(versions: DependencyEdges) {
    for edge in versions.sources.indices where versions.kinds[edge] == .writeWrite {
      let (source, target) = (Int(versions.sources[edge]), Int(versions.targets[edge]))
      guard source < edges.transactionCount, target < edges.transactionCount else { continue }
      edges.add(source, target, .writeWrite, because: Int(versions.reasons[edge]))
    }
  }

  mutating func saturate(_ level: WeakLevel, _ order: HappensBefore?) {
    switch level {
    case .readCommitted: saturateReadCommitted()
    case .readAtomic: saturateReadAtomic()
    case .causal: if let order { saturateCausal(order) }
    }
  }

  private mutating func mayGoOn(_ transaction: Int) -> Bool {
    if transaction & 0xfff == 0 && budget.isSpent() { isComplete = false }
    return isComplete
  }

  private mutating func demand(_ visible: Int, before read: WeakReads.Read) {
    guard visible != read.writer else { return }
    if read.writer < 0 {
      staleInitials.append((visible, read.mop))
    } else {
      edges.add(visible, read.writer, .writeWrite, because: read.mop)
    }
  }

  /// Backwards through each transaction's reads: what is read first is in sight of every later
  /// read, and among reads of one key each precedes the next, so the next one is enough.
  private mutating func saturateReadCommitted() {
    for transaction in 0..<history.table.count where history.table.isOk(transaction) {
      guard mayGoOn(transaction) else { return }
      let reads = history.reads(transaction)
      var isFirstFrom: [Int: Int] = [:]
      for (place, read) in reads.enumerated().reversed() { isFirstFrom[read.writer] = place }
      var later: [WeakReads.Read] = []
      for (place, read) in reads.enumerated().reversed() {
        let isKnown = stamp[read.key] == Int32(transaction)
        if read.writer >= 0 {
          if isFirstFrom[read.writer] == place {
            demandAll(read.writer, before: later, stampedBy: transaction)
          } else if isKnown {
            demand(read.writer, before: later[Int(slot[read.key])])
          }
        }
        if isKnown {
          later[Int(slot[read.key])] = read
        } else {
          stamp[read.key] = Int32(transaction)
          slot[read.key] = Int32(later.count)
          later.append(read)
        }
      }
    }
    stamp = Array(repeating: -1, count: stamp.count)
  }

  /// A writer in sight of reads, one a key: walks the keys it wrote or the reads, whichever are
  /// fewer.
  private mutating func demandAll(
    _ writer: Int, before reads: [WeakReads.Read], stampedBy reader: Int
  ) {
    let keys = history.writtenKeys(writer)
    if keys.count < reads.count {
      for key in keys where stamp[Int(key)] == Int32(reader) {
        demand(writer, before: reads[Int(slot[Int(key)])])
      }
    } else {
      for read in reads where history.writes(writer, read.key) { demand(writer, before: read) }
    }
  }

  private mutating func saturateReadAtomic() {
    var lastWriter: [Int64: Int32] = [:]
    for transaction in 0..<history.table.count where history.table.isOk(transaction) {
      guard mayGoOn(transaction) else { return }
      let session = Int64(history.table.process[transaction]) << 32
      let reads = history.reads(transaction)
      var distinct: [WeakReads.Read] = []
      for read in reads {
        if let writer = lastWriter[session | Int64(read.key)] {
          demand(Int(writer), before: read)
        }
        if stamp[read.key] != Int32(transaction) {
          stamp[read.key] = Int32(transaction)
          slot[read.key] = Int32(distinct.count)
          distinct.append(read)
        } else if distinct[Int(slot[read.key])].writer != read.writer {
          // Two versions of one key: each writer is in sight of the other's read.
          let other = distinct[Int(slot[read.key])]
          if read.writer >= 0 { demand(read.writer, before: other) }
          if other.writer >= 0 { demand(other.writer, before: read) }
        }
      }
      for writer in Set(reads.map(\.writer)).sorted() where writer >= 0 {
        demandAll(writer, before: distinct, stampedBy: transaction)
      }
      for key in history.writtenKeys(transaction) {
        lastWriter[session | Int64(key)] = Int32(transaction)
      }
    }
    stamp = Array(repeating: -1, count: stamp.count)
  }

  /// Of each session only the last writer in sight: those before it precede it.
  private mutating func saturateCausal(_ order: HappensBefore) {
    for transaction in 0..<history.table.count where history.table.isOk(transaction) {
      guard mayGoOn(transaction) else { return }
      var previous: WeakReads.Read?
      for read in history.reads(transaction) {
        if let previous, previous.key == read.key, previous.writer == read.writer { continue }
        order.lastWriters(of: read.key, before: transaction) { demand($0, before: read) }
        previous = read
      }
    }
  }
}
