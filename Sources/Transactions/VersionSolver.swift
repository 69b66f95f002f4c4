import Checking

/// Decides whether any order of the versions of registers answers a question: orders them by
/// reachability to a fixpoint, then tries both orders of a pair where that leaves doubt.
///
/// To put version `a` before `b` adds a write-write edge from writer to writer, and a read-write
/// edge from each reader of `a` to the writer of `b`. Where one of them would close a forbidden
/// cycle, `b` precedes `a` (so a write that reaches a read precedes the version read, and one that
/// a version reaches follows it). Where neither will do, there is no order. The splits are those of
/// Cobra (Tan and others 2020) and PolySI (Huang and others 2023), for every class of cycles.
struct VersionSolver {
  enum Answer {
    /// An order of all versions was found.
    case possible
    /// None is: how the first few attempts ended.
    case impossible([DeadEnd])
    /// The budget was spent first, for the reason given.
    case open(String)
  }

  /// What was found to be contradictory, with the edges known at that moment.
  struct DeadEnd {
    /// Beyond the base: what was decided until then.
    var decided: [Decision]
    /// The pair of which neither order will do; nil where the edges themselves form a cycle.
    var pair: Pair?
  }

  /// Two versions of one key.
  struct Pair {
    var first: VersionChoices.Writer
    var second: VersionChoices.Writer

    var flipped: Pair { Pair(first: second, second: first) }
  }

  /// The first of a pair precedes the second.
  struct Decision {
    var pair: Pair
    /// Tried, where it does not follow.
    var isAssumed: Bool
  }

  private let budget: Budget
  private let pairs: [Pair]
  /// 0 for open, 1 for in the order of the pair, -1 for the other.
  private var choice: [Int8]
  private var edges: [LayeredReach.Edge]
  private var reach: LayeredReach
  private var decided: [(pair: Int, isAssumed: Bool, edgeCount: Int)] = []
  private var frames: [(decidedCount: Int, pair: Int, isSecond: Bool)] = []
  private var deadEnds: [DeadEnd] = []
  private var laps = 0
  private var isSpent = false

  private static let deadEndsKept = 4
  /// In words looked at; a second or two.
  private static let mostWork = 1_500_000_000
  private static let mostPairs = 1_000_000

  /// Why it is not even tried; nil where it is.
  static func refusal(
    _ choices: VersionChoices, nodes: Int, _ question: OrderQuestion, within budget: Budget
  ) -> String? {
    let bytes = LayeredReach.bytes(nodes: nodes, question.cycles)
    let most = min(budget.memoryBytes / 4, 200_000_000)
    guard bytes > most || choices.pairCount > mostPairs else { return nil }
    return "\(choices.pairCount) pairs of versions among \(nodes) transactions are too many"
  }

  /// The edges are those of every order of versions, the order of transactions included.
  init(
    _ choices: VersionChoices, _ edges: [LayeredReach.Edge], nodeCount: Int,
    _ question: OrderQuestion, within budget: Budget
  ) {
    self.budget = budget
    self.edges = edges
    reach = LayeredReach(nodeCount: nodeCount, question.cycles)
    var pairs: [Pair] = []
    pairs.reserveCapacity(choices.pairCount)
    for group in choices.groups {
      for (place, writer) in group.enumerated() {
        for other in group[(place + 1)...] { pairs.append(Pair(first: writer, second: other)) }
      }
    }
    self.pairs = pairs
    choice = Array(repeating: 0, count: pairs.count)
  }

  mutating func answer() -> Answer {
    while true {
      laps += 1
      let deadEnd = settle()
      if isSpent {
        return .open("the search for one was given up after \(laps) attempts")
      }
      if let deadEnd {
        if deadEnds.count < Self.deadEndsKept { deadEnds.append(deadEnd) }
        guard turnBack() else { return .impossible(deadEnds) }
        continue
      }
      guard let pair = nextDoubt() else { return .possible }
      let isForward =
        reach.place[Int(pairs[pair].first.transaction)]
        < reach.place[Int(pairs[pair].second.transaction)]
      frames.append((decided.count, pair, false))
      decide(pair, isForward, isAssumed: true)
    }
  }

  /// Decides every pair of which one order is excluded, until nothing follows any more.
  ///
  /// - Returns: where it ended, if it ended in a contradiction.
  private mutating func settle() -> DeadEnd? {
    while true {
      guard reach.sort(edges) else { return deadEnd(nil) }
      isSpent = reach.work > Self.mostWork || budget.isSpent()
      if isSpent { return nil }
      var hasDecided = false
      for pair in pairs.indices where choice[pair] == 0 {
        let forward = isExcluded(pairs[pair])
        let backward = isExcluded(pairs[pair].flipped)
        if forward && backward { return deadEnd(pairs[pair]) }
        guard forward || backward else { continue }
        decide(pair, backward, isAssumed: false)
        hasDecided = true
      }
      if !hasDecided { return nil }
    }
  }

  private func isExcluded(_ pair: Pair) -> Bool {
    let target = pair.second.transaction
    return reach.isClosed(by: pair.first.transaction, target)
      || pair.first.readers.contains { $0 != target && reach.isClosed(byRead: $0, target) }
  }

  private mutating func decide(_ pair: Int, _ isForward: Bool, isAssumed: Bool) {
    choice[pair] = isForward ? 1 : -1
    decided.append((pair, isAssumed, edges.count))
    edges += (isForward ? pairs[pair] : pairs[pair].flipped).edges
  }

  /// Takes the last assumption back and turns it round; false when there is none left.
  private mutating func turnBack() -> Bool {
    while let frame = frames.popLast() {
      let wasForward = choice[frame.pair] == 1
      edges.removeSubrange(decided[frame.decidedCount].edgeCount...)
      for undone in decided[frame.decidedCount...] { choice[undone.pair] = 0 }
      decided.removeSubrange(frame.decidedCount...)
      guard !frame.isSecond else { continue }
      frames.append((frame.decidedCount, frame.pair, true))
      decide(frame.pair, !wasForward, isAssumed: true)
      return true
    }
    return false
  }

  /// Puts the open pairs in the order in which their writers stand now; where that makes a cycle,
  /// a pair on it is the next to try.
  ///
  /// - Returns: nil when it makes none, so that there is an order.
  private mutating func nextDoubt() -> Int? {
    let open = pairs.indices.filter { choice[$0] == 0 }
    guard !open.isEmpty else { return nil }
    var guess = edges
    for pair in open {
      let (a, b) = (pairs[pair].first.transaction, pairs[pair].second.transaction)
      let isForward = reach.place[Int(a)] < reach.place[Int(b)]
      guess += (isForward ? pairs[pair] : pairs[pair].flipped).edges
    }
    var trial = reach
    guard !trial.sort(guess) else { return nil }
    reach.spend(trial.work - reach.work)
    let onCycle = open.filter {
      trial.unsorted.contains(pairs[$0].first.transaction)
        && trial.unsorted.contains(pairs[$0].second.transaction)
    }
    func weight(_ pair: Int) -> Int {
      pairs[pair].first.readers.count + pairs[pair].second.readers.count
    }
    return onCycle.max { weight($0) < weight($1) } ?? open.first
  }

  private func deadEnd(_ pair: Pair?) -> DeadEnd {
    DeadEnd(
      decided: decided.map {
        Decision(
          pair: choice[$0.pair] == 1 ? pairs[$0.pair] : pairs[$0.pair].flipped,
          isAssumed: $0.isAssumed)
      }, pair: pair)
  }
}

extension VersionSolver.Pair {
  /// What it means that the first precedes the second.
  var edges: [LayeredReach.Edge] {
    let target = second.transaction
    var edges = [
      LayeredReach.Edge(
        source: first.transaction, target: target, kind: .writeWrite, reason: second.mop)
    ]
    for reader in first.readers where reader != target {
      edges.append(
        LayeredReach.Edge(source: reader, target: target, kind: .readWrite, reason: second.mop))
    }
    return edges
  }
}
