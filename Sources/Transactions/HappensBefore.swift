/// Which transactions precede each other by sessions and reads: a vector clock a transaction.
struct HappensBefore {
  private let sessionCount: Int
  /// How many transactions of each session precede, by transaction and session.
  private var clocks: [Int32]
  /// The session and place of each transaction.
  private let session: [Int32]
  private let place: [Int32]
  /// Runs of writers of one key in one session, by key.
  private var firstRun: [Int32] = [0]
  private var runs: [(session: Int32, start: Int32, end: Int32)] = []
  private var writers: [Int32] = []

  /// The bytes that the clocks of a history take.
  static func bytes(_ history: WeakReads) -> Int {
    let (_, _, count) = sessions(history)
    return 4 * count * history.table.count
  }

  /// - Returns: nil when sessions and reads form a cycle.
  init?(_ history: WeakReads) {
    let table = history.table
    (session, place, sessionCount) = Self.sessions(history)
    clocks = Array(repeating: 0, count: sessionCount * table.count)
    guard let order = Self.topologicalOrder(history) else { return nil }
    for transaction in order {
      let previous = Int(history.sessionPrevious[transaction])
      if previous >= 0 { join(previous, into: transaction) }
      for read in history.reads(transaction) where read.writer >= 0 {
        join(read.writer, into: transaction)
      }
    }
    layOutWriters(history)
  }

  /// An unknown outcome has a session of its own: it may have taken effect at any later time.
  private static func sessions(_ history: WeakReads) -> ([Int32], [Int32], Int) {
    let table = history.table
    var session = Array(repeating: Int32(-1), count: table.count)
    var place = Array(repeating: Int32(0), count: table.count)
    var numbers: [Int32: Int32] = [:]
    var lengths: [Int32] = []
    for transaction in 0..<table.count where history.tookEffect[transaction] {
      let number =
        (table.isOk(transaction) ? numbers[table.process[transaction]] : nil)
        ?? Int32(lengths.count)
      if number == lengths.count { lengths.append(0) }
      if table.isOk(transaction) { numbers[table.process[transaction]] = number }
      session[transaction] = number
      place[transaction] = lengths[Int(number)]
      lengths[Int(number)] += 1
    }
    return (session, place, lengths.count)
  }

  private static func topologicalOrder(_ history: WeakReads) -> [Int]? {
    let table = history.table
    var waiting = Array(repeating: Int32(0), count: table.count)
    var buckets = BucketSort(count: table.count)
    func each(_ body: (_ from: Int, _ to: Int) -> Void) {
      for transaction in 0..<table.count where history.tookEffect[transaction] {
        let previous = Int(history.sessionPrevious[transaction])
        if previous >= 0 { body(previous, transaction) }
        for read in history.reads(transaction) where read.writer >= 0 {
          body(read.writer, transaction)
        }
      }
    }
    each { from, to in
      waiting[to] += 1
      buckets.announce(from)
    }
    buckets.layOut()
    each { from, to in buckets.put(Int32(to), in: from) }
    var order = (0..<table.count).filter { history.tookEffect[$0] && waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      let range = Int(buckets.first[order[next]])..<Int(buckets.first[order[next] + 1])
      for follower in buckets.items[range] {
        waiting[Int(follower)] -= 1
        if waiting[Int(follower)] == 0 { order.append(Int(follower)) }
      }
      next += 1
    }
    return order.count == history.tookEffect.count { $0 } ? order : nil
  }

  private mutating func join(_ earlier: Int, into later: Int) {
    let (from, to) = (earlier * sessionCount, later * sessionCount)
    for session in 0..<sessionCount where clocks[from + session] > clocks[to + session] {
      clocks[to + session] = clocks[from + session]
    }
    let own = to + Int(session[earlier])
    clocks[own] = max(clocks[own], place[earlier] + 1)
  }

  private mutating func layOutWriters(_ history: WeakReads) {
    let table = history.table
    var members = BucketSort(count: sessionCount)
    for transaction in 0..<table.count where session[transaction] >= 0 {
      members.announce(Int(session[transaction]))
    }
    members.layOut()
    for transaction in 0..<table.count where session[transaction] >= 0 {
      members.put(Int32(transaction), in: Int(session[transaction]))
    }
    var byKey = BucketSort(count: table.keyCount)
    for transaction in members.items {
      for key in history.writtenKeys(Int(transaction)) { byKey.announce(Int(key)) }
    }
    byKey.layOut()
    for transaction in members.items {
      for key in history.writtenKeys(Int(transaction)) { byKey.put(transaction, in: Int(key)) }
    }
    writers = byKey.items
    for key in 0..<table.keyCount {
      var start = Int(byKey.first[key])
      let end = Int(byKey.first[key + 1])
      while start < end {
        let number = session[Int(writers[start])]
        var stop = start
        while stop < end, session[Int(writers[stop])] == number { stop += 1 }
        runs.append((number, Int32(start), Int32(stop)))
        start = stop
      }
      firstRun.append(Int32(runs.count))
    }
  }

  /// Of each session the last writer of the key that precedes the transaction.
  func lastWriters(of key: Int, before transaction: Int, _ body: (Int) -> Void) {
    for run in runs[Int(firstRun[key])..<Int(firstRun[key + 1])] {
      let limit = clocks[transaction * sessionCount + Int(run.session)]
      var (low, high) = (Int(run.start), Int(run.end))
      while low < high {
        let middle = (low + high) / 2
        if place[Int(writers[middle])] < limit { low = middle + 1 } else { high = middle }
      }
      if low > Int(run.start) { body(Int(writers[low - 1])) }
    }
  }
}
