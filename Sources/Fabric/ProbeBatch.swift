internal import Basics
internal import Linux
internal import Synchronization

/// The probes of one call, while they are under way: when each was sent, and when it arrived.
final class ProbeBatch: Sendable {
  private struct State {
    var sent: [Instant]
    var isTaken: [Bool]
    var arrived: [Instant?]
    var copies: [Int]
    var resets: [Ends]
    var missing: Int
  }

  /// Where a reset arrived in a probe's stead.
  struct Ends: OptionSet {
    let rawValue: UInt8
    static let source = Ends(rawValue: 1)
    static let target = Ends(rawValue: 2)
    static let both: Ends = [.source, .target]
  }

  private let state: Mutex<State>
  /// Set when all have arrived.
  let isComplete = Latch<Bool>()

  init(count: Int) {
    state = Mutex(
      State(
        sent: Array(repeating: .start, count: count),
        isTaken: Array(repeating: false, count: count),
        arrived: Array(repeating: nil, count: count),
        copies: Array(repeating: 0, count: count), resets: Array(repeating: [], count: count),
        missing: count))
    if count == 0 { isComplete.set(true) }
  }

  func noteSent(_ index: Int, isTaken: Bool, at now: Instant) {
    state.withLock { state in
      state.sent[index] = now
      state.isTaken[index] = isTaken
    }
  }

  /// A copy that the network made is counted apart.
  func noteArrival(_ index: Int, at moment: Instant) {
    let isLast = state.withLock { state in
      guard state.arrived[index] == nil, state.resets[index] != .both else {
        state.copies[index] += 1
        return false
      }
      state.arrived[index] = moment
      state.missing -= 1
      return state.missing == 0
    }
    if isLast { isComplete.set(true) }
  }

  /// A probe that is reset at both ends is waited for no more.
  func noteReset(_ index: Int, at end: Ends) {
    let isLast = state.withLock { state in
      guard state.arrived[index] == nil, !state.resets[index].contains(end) else { return false }
      state.resets[index].insert(end)
      guard state.resets[index] == .both else { return false }
      state.missing -= 1
      return state.missing == 0
    }
    if isLast { isComplete.set(true) }
  }

  /// As they are now.
  func probes(_ range: some Sequence<Int>) -> [PathProbeResult.Probe] {
    state.withLock { state in
      range.map {
        PathProbeResult.Probe(
          sent: state.sent[$0], arrived: state.arrived[$0], isTaken: state.isTaken[$0],
          copies: state.copies[$0], isReset: state.resets[$0] == .both)
      }
    }
  }
}
