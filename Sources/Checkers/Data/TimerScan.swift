import Basics
import Checking
import Histories

/// What became of the timers of one service, by their ids.
struct TimerScan {
  let history: History
  let group: KeyGroup
  private(set) var elements = Elements()
  private(set) var acknowledged = 0
  /// How late the latest timer is known to have been, in nanoseconds.
  private(set) var latest: Int64 = 0
  private var timers: [Timer] = []
  private var reads: [Int32] = []
  private let bound: Duration?

  private struct Timer {
    var set: Int32 = -1
    var outcome = Operation.Outcome.fail
    var setCount: Int32 = 0
    /// The earliest and the latest moment at which it may be due.
    var earliest = Instant.never
    var due = Instant.never
    /// Reads that show it first, before it was due, and twice; one that began late and lacks it.
    var shown: Int32 = -1
    var tooEarly: Int32 = -1
    var twice: Int32 = -1
    var lacking: Int32 = -1
    /// It was due before one of the last reads began.
    var isOver = false
    /// While a read is looked at: how often the read shows it.
    var stamp: Int32 = -1
    var count: Int32 = 0
  }

  /// - Parameter bound: how late a timer may be; nil where that is not judged.
  init(_ history: History, _ group: KeyGroup, late bound: Duration?) {
    self.history = history
    self.group = group
    self.bound = bound
    let set = history.function("set")
    for position in group.positions {
      let operation = history.operations[Int(position)]
      if operation.function == set {
        note(operation, position)
      } else if operation.outcome == .ok, history.values.elements(operation.result) != nil {
        reads.append(position)
      }
    }
  }

  private mutating func number(_ value: Value) -> Int {
    let number = elements.number(value, history)
    if number == timers.count { timers.append(Timer()) }
    return number
  }

  private mutating func note(_ operation: Operation, _ position: Int32) {
    guard let parts = history.values.elements(operation.argument), parts.count == 2,
      let delay = history.values.integer(parts[parts.startIndex + 1]), delay >= 0,
      delay < Int64.max / 1_000_000
    else { return }
    let timer = number(parts[parts.startIndex])
    guard operation.outcome != .fail || timers[timer].setCount == 0 else { return }
    timers[timer].set = position
    timers[timer].outcome = operation.outcome
    guard operation.outcome != .fail else { return }
    timers[timer].setCount += 1
    let wait = Duration.nanoseconds(delay * 1_000_000)
    timers[timer].earliest = min(timers[timer].earliest, operation.invoked.advanced(by: wait))
    guard operation.outcome == .ok, let completed = operation.completed else { return }
    acknowledged += 1
    timers[timer].due = completed.advanced(by: wait)
  }

  mutating func run(_ budget: Budget) {
    let hasFinal = reads.contains { history.operations[Int($0)].isFinal }
    for (place, read) in reads.enumerated() {
      if place & 0x3f == 0x3f, budget.isSpent() {
        // What the reads after this one show is not known.
        for timer in timers.indices { timers[timer].isOver = false }
        return
      }
      let operation = history.operations[Int(read)]
      show(operation, read)
      judgeLacking(
        operation, read, isLast: hasFinal ? operation.isFinal : place == reads.endIndex - 1)
    }
  }

  private mutating func show(_ operation: Operation, _ read: Int32) {
    for value in history.values.elements(operation.result) ?? [] {
      let timer = number(value)
      if timers[timer].stamp != read { timers[timer].count = 0 }
      timers[timer].stamp = read
      timers[timer].count += 1
      if timers[timer].shown < 0 { timers[timer].shown = read }
      if timers[timer].count > max(1, timers[timer].setCount), timers[timer].twice < 0 {
        timers[timer].twice = read
      }
      if let completed = operation.completed, timers[timer].setCount > 0,
        completed < timers[timer].earliest, timers[timer].tooEarly < 0
      {
        timers[timer].tooEarly = read
      }
    }
  }

  private mutating func judgeLacking(_ operation: Operation, _ read: Int32, isLast: Bool) {
    for timer in timers.indices where timers[timer].due < operation.invoked {
      if isLast { timers[timer].isOver = true }
      guard timers[timer].stamp != read else { continue }
      let lateness = timers[timer].due.duration(to: operation.invoked)
      latest = max(latest, lateness.nanoseconds)
      if let bound, lateness > bound, timers[timer].lacking < 0 { timers[timer].lacking = read }
    }
  }

  private func filter(_ isWanted: (Timer) -> Bool) -> [Int] {
    timers.indices.filter { isWanted(timers[$0]) }
  }

  /// Whether any timer was due before one of the last reads began.
  var hasRead: Bool { timers.contains { $0.isOver } }
  var fired: Int { filter { $0.shown >= 0 && $0.setCount > 0 }.count }
  var foreign: [Int] { filter { $0.shown >= 0 && $0.set < 0 } }
  var failed: [Int] { filter { $0.shown >= 0 && $0.set >= 0 && $0.setCount == 0 } }
  var early: [Int] { filter { $0.tooEarly >= 0 } }
  var repeated: [Int] { filter { $0.twice >= 0 && $0.set >= 0 } }
  var missed: [Int] { filter { $0.isOver && $0.shown < 0 } }
  /// Fired in the end, and too late.
  var late: [Int] { filter { $0.lacking >= 0 && $0.shown >= 0 } }
  /// Acknowledged, not fired, and not due when last looked at.
  var pending: Int { filter { $0.outcome == .ok && $0.shown < 0 && !$0.isOver }.count }

  /// One sentence for all timers of a kind, and evidence for each.
  func violate(_ kind: String, _ found: [Int], _ what: String, _ judgement: inout Judgement) {
    guard let first = found.first else { return }
    let list = Wording.list(found.map { elements.values[$0] }, history)
    judgement.violated(
      kind, "\(Wording.count(found.count, "timer"))\(group.suffix(history)) \(what): \(list)",
      evidence(first, kind))
    for timer in found.dropFirst().prefix(Judgement.mostEvidence) {
      judgement.show(
        kind, "\(history.values.describe(elements.values[timer])) \(what)", evidence(timer, kind))
    }
  }

  private func evidence(_ timer: Int, _ kind: String) -> [Int] {
    let one = timers[timer]
    let read =
      switch kind {
      case "early": one.tooEarly
      case "duplicate": one.twice
      case "late": one.lacking
      default: one.shown
      }
    return Set([one.set, read].filter { $0 >= 0 }).map { Int($0) }.sorted()
  }
}
