import Basics
import Checking
import Histories

/// Who certainly holds each lock, moment by moment.
struct HoldScan {
  let history: History
  /// How long a hold may last without a release; nil for ever.
  let lease: Duration?
  private(set) var acquired = 0
  /// Acquires that were called, or were waiting, while another process certainly held the lock.
  private(set) var contested = 0
  private(set) var unknown = 0
  private(set) var broken = 0

  init(_ history: History, lease: Duration?) {
    self.history = history
    self.lease = lease
  }

  /// One lock's state while its events are swept.
  private struct State {
    /// By process: the acquire by which it holds the lock, in no order.
    var holders: [Int32: Int] = [:]
    /// Everyone who ever got the lock.
    var known: Set<Int32> = []
    /// Acquires in flight that nobody's hold has stood in the way of so far.
    var waiting: Set<Int> = []
  }

  mutating func run(_ group: KeyGroup, _ judgement: inout Judgement) {
    var state = State()
    let acquire = history.function("acquire")
    for step in Sweep(history, group.positions).all {
      let operation = history.operations[step.position]
      guard operation.function == acquire else {
        if step.isInvocation { release(operation, &state) }
        continue
      }
      if step.isInvocation {
        begin(operation, step.position, &state)
      } else {
        end(operation, step.position, &state, group, &judgement)
      }
    }
  }

  private mutating func begin(_ operation: Operation, _ position: Int, _ state: inout State) {
    if operation.outcome == .info { unknown += 1 }
    let isHeld = state.holders.contains {
      $0.key != operation.process && isHolding($0.value, at: operation.invoked)
    }
    if isHeld { contested += 1 } else { state.waiting.insert(position) }
  }

  private mutating func end(
    _ operation: Operation, _ position: Int, _ state: inout State, _ group: KeyGroup,
    _ judgement: inout Judgement
  ) {
    state.waiting.remove(position)
    guard operation.outcome == .ok, let now = operation.completed else { return }
    acquired += 1
    state.known.insert(operation.process)
    guard isHolding(position, at: now) else {
      state.holders[operation.process] = nil
      return
    }
    let other = state.holders.filter { $0.key != operation.process && isHolding($0.value, at: now) }
      .map(\.value).min()
    if let other { report(position, beside: other, group, &judgement) }
    state.holders[operation.process] = position
    // Those that wait still, wait for this one.
    contested += state.waiting.count
    state.waiting = []
  }

  private func release(_ operation: Operation, _ state: inout State) {
    // What certainly did not happen gave nothing back; what was declined was no longer there to be given back.
    guard operation.outcome != .fail || history.isDeclined(operation) else { return }
    if state.holders.removeValue(forKey: operation.process) != nil { return }
    // Somebody else's lock, as far as anyone knows, unless the process had it and lost it.
    if !state.known.contains(operation.process), operation.outcome != .fail { state.holders = [:] }
  }

  /// Whether an acquire's hold cannot have ended by its lease.
  private func isHolding(_ position: Int, at now: Instant) -> Bool {
    guard let lease else { return true }
    return now < history.operations[position].invoked.advanced(by: lease)
  }

  private mutating func report(
    _ position: Int, beside other: Int, _ group: KeyGroup, _ judgement: inout Judgement
  ) {
    broken += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    let (second, first) = (history.operations[position], history.operations[other])
    let since = first.completed.flatMap { taken in second.completed.map { taken.duration(to: $0) } }
    let age = history.hasTimes ? since.map { ", for \(Wording.milliseconds($0))" } ?? "" : ""
    judgement.violated(
      "two holders",
      "process \(second.process) got the lock\(group.suffix(history)) while process "
        + "\(first.process) had it\(age)", [other, position].sorted())
    if lease == nil {
      judgement.note("no `lease` was named, so a lock is held until its holder releases it")
    }
  }
}
