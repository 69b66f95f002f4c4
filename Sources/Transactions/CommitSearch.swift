import Checking

internal import Histories

/// Plays a history of registers through, start by start and commit by commit, until an order is
/// found that shows every transaction what it read.
///
/// An order that is found proves the model (and every weaker one). That none is found proves
/// nothing: the search looks only a window ahead and gives up after a number of steps. A step
/// that can do no harm is done at once: to commit when nobody waits for what that hides, and to
/// begin a transaction that overwrites only what it read. Only blind writes are a choice.
struct CommitSearch {
  private let table: TransactionTable
  private let prints: Footprints
  /// Whether a transaction begins and commits in one moment (serializable) or may commit later,
  /// with no other writer of its keys between (snapshot isolation).
  private let isSerial: Bool
  private let order: AnomalyKind.Order
  private let budget: Budget

  private enum Phase: UInt8 {
    case waiting, begun, committed
  }

  private var phase: [Phase]
  /// The version of each key.
  private var current: [Int32]
  /// How many waiting transactions read a version.
  private var pending: [Int32]
  /// Who has begun and will write a key; -1 for nobody.
  private var writer: [Int32]
  private var committedCount = 0
  private var inFlight: [Int32] = []
  /// The order in which transactions are tried, and each one's predecessor in its process.
  private let sequence: [Int32]
  private let before: [Int32]
  private let byDeadline: [Int32]
  private var firstOpen = 0
  private var firstDue = 0
  private var state: UInt64 = 0
  private var moves: [Move] = []
  private var hidden: [Int32] = []
  private var frames: [Frame] = []
  private var seen: Set<UInt64> = []
  private var steps = 0

  private struct Move {
    var place: Int32
    var isCommit: Bool
  }

  /// A choice: what was open, and where everything stood.
  private struct Frame {
    var choices: [Int32]
    var moveCount: Int
    var firstOpen: Int
    var firstDue: Int
  }

  /// How many waiting transactions are looked at for the next to begin.
  private static let window = 64

  init(
    _ table: TransactionTable, _ prints: Footprints, _ question: OrderQuestion,
    within budget: Budget
  ) {
    self.table = table
    self.prints = prints
    isSerial = question.cycles == .g2Item
    order = question.order
    self.budget = budget
    phase = Array(repeating: .waiting, count: prints.count)
    current = (0..<table.keyCount).map { Int32(table.verb.count + $0) }
    pending = Array(repeating: 0, count: table.verb.count + table.keyCount)
    for version in prints.readVersion { pending[Int(version)] += 1 }
    writer = Array(repeating: -1, count: table.keyCount)
    (before, sequence) = Self.sessions(table, prints)
    byDeadline = prints.transactions.indices.map(Int32.init)
      .filter { table.isOk(Int(prints.transactions[Int($0)])) }
      .sorted {
        table.deadline[Int(prints.transactions[Int($0)])]
          < table.deadline[Int(prints.transactions[Int($1)])]
      }
  }

  /// By the clock where there is one; else the sessions side by side.
  private static func sessions(
    _ table: TransactionTable, _ prints: Footprints
  ) -> (before: [Int32], sequence: [Int32]) {
    var before = Array(repeating: Int32(-1), count: prints.count)
    var turn = Array(repeating: Int32(0), count: prints.count)
    var last: [Int32: Int32] = [:]
    for place in 0..<prints.count {
      let transaction = Int(prints.transactions[place])
      if let previous = last[table.process[transaction]] {
        before[place] = previous
        turn[place] = turn[Int(previous)] + 1
      }
      if table.isOk(transaction) { last[table.process[transaction]] = Int32(place) }
    }
    var sequence = (0..<prints.count).map(Int32.init)
    if !table.hasRealTimeOrder {
      sequence.sort { (turn[Int($0)], $0) < (turn[Int($1)], $1) }
    }
    return (before, sequence)
  }

  /// True when an order was found.
  mutating func findsAnOrder() -> Bool {
    let limit = 8 * prints.count + 20_000
    while true {
      makeSafeMoves()
      if committedCount == prints.count { return true }
      if steps > limit || steps & 0xff == 0 && budget.isSpent() { return false }
      if seen.insert(state).inserted {
        frames.append(
          Frame(
            choices: choices().reversed(), moveCount: moves.count, firstOpen: firstOpen,
            firstDue: firstDue))
      }
      guard takeNextChoice() else { return false }
    }
  }

  private mutating func takeNextChoice() -> Bool {
    while var frame = frames.popLast() {
      undo(to: frame.moveCount)
      firstOpen = frame.firstOpen
      firstDue = frame.firstDue
      guard let choice = frame.choices.popLast() else { continue }
      frames.append(frame)
      begin(Int(choice))
      return true
    }
    return false
  }

  private mutating func makeSafeMoves() {
    var hasMoved = true
    while hasMoved {
      hasMoved = false
      for place in inFlight where mayCommit(Int(place)) {
        commit(Int(place))
        hasMoved = true
      }
      for place in candidates() where prints.isUpdateOnly[Int(place)] && mayBegin(Int(place)) {
        begin(Int(place))
        hasMoved = true
      }
    }
  }

  private mutating func choices() -> [Int32] {
    candidates().filter { mayBegin(Int($0)) }.sorted {
      let (a, b) = (Int(prints.transactions[Int($0)]), Int(prints.transactions[Int($1)]))
      return table.hasRealTimeOrder && table.deadline[a] != table.deadline[b]
        ? table.deadline[a] < table.deadline[b] : false
    }
  }

  /// Waiting transactions near the front that the order of transactions lets begin.
  private mutating func candidates() -> [Int32] {
    while firstOpen < sequence.count, phase[Int(sequence[firstOpen])] == .committed {
      firstOpen += 1
    }
    while firstDue < byDeadline.count, phase[Int(byDeadline[firstDue])] == .committed {
      firstDue += 1
    }
    let due =
      firstDue < byDeadline.count
      ? table.deadline[Int(prints.transactions[Int(byDeadline[firstDue])])] : .max
    var found: [Int32] = []
    var place = firstOpen
    var looked = 0
    while place < sequence.count, looked < Self.window {
      let next = sequence[place]
      place += 1
      guard phase[Int(next)] == .waiting else { continue }
      looked += 1
      switch order {
      case .data: found.append(next)
      case .process:
        let previous = Int(before[Int(next)])
        if previous < 0 || phase[previous] == .committed { found.append(next) }
      case .realtime:
        guard table.invoked[Int(prints.transactions[Int(next)])] <= due else { return found }
        found.append(next)
      }
    }
    return found
  }
}

extension CommitSearch {
  private func mayBegin(_ place: Int) -> Bool {
    guard phase[place] == .waiting, isInOrder(place) else { return false }
    let reads = prints.reads(place)
    for read in reads where current[Int(prints.readKey[read])] != prints.readVersion[read] {
      return false
    }
    for write in prints.writes(place) {
      let key = Int(prints.writtenKey[write])
      if !isSerial {
        if writer[key] >= 0 { return false }
        continue
      }
      let own = reads.contains { prints.readKey[$0] == prints.writtenKey[write] } ? Int32(1) : 0
      if pending[Int(current[key])] > own { return false }
    }
    return true
  }

  /// Whether what must come before has committed; asked again, for moves are made in between.
  private func isInOrder(_ place: Int) -> Bool {
    guard order != .data else { return true }
    let previous = Int(before[place])
    return previous < 0 || phase[previous] == .committed
  }

  private func mayCommit(_ place: Int) -> Bool {
    prints.writes(place).allSatisfy { pending[Int(current[Int(prints.writtenKey[$0])])] == 0 }
  }

  private mutating func begin(_ place: Int) {
    steps += 1
    for read in prints.reads(place) { pending[Int(prints.readVersion[read])] -= 1 }
    for write in prints.writes(place) { writer[Int(prints.writtenKey[write])] = Int32(place) }
    enter(.begun, place)
    inFlight.append(Int32(place))
    moves.append(Move(place: Int32(place), isCommit: false))
    if isSerial || prints.writes(place).isEmpty { commit(place) }
  }

  private mutating func commit(_ place: Int) {
    for write in prints.writes(place) {
      let key = Int(prints.writtenKey[write])
      hidden.append(current[key])
      change(key, to: prints.writtenVersion[write])
      writer[key] = -1
    }
    enter(.committed, place)
    committedCount += 1
    inFlight.removeAll { $0 == Int32(place) }
    moves.append(Move(place: Int32(place), isCommit: true))
  }

  private mutating func undo(to count: Int) {
    while moves.count > count {
      let move = moves.removeLast()
      let place = Int(move.place)
      if move.isCommit {
        for write in prints.writes(place).reversed() {
          let key = Int(prints.writtenKey[write])
          change(key, to: hidden.removeLast())
          writer[key] = move.place
        }
        enter(.begun, place)
        committedCount -= 1
        inFlight.append(move.place)
      } else {
        for read in prints.reads(place) { pending[Int(prints.readVersion[read])] += 1 }
        for write in prints.writes(place) { writer[Int(prints.writtenKey[write])] = -1 }
        enter(.waiting, place)
        inFlight.removeAll { $0 == move.place }
      }
    }
  }

  private mutating func enter(_ next: Phase, _ place: Int) {
    state ^= Self.mix(UInt64(place) << 2 | UInt64(phase[place].rawValue))
    phase[place] = next
    state ^= Self.mix(UInt64(place) << 2 | UInt64(next.rawValue))
  }

  private mutating func change(_ key: Int, to version: Int32) {
    state ^= Self.mix(UInt64(key) << 34 | UInt64(current[key]) << 2 | 3)
    current[key] = version
    state ^= Self.mix(UInt64(key) << 34 | UInt64(version) << 2 | 3)
  }

  /// The finaliser of SplitMix64: the exclusive or of such words tells states apart.
  private static func mix(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
