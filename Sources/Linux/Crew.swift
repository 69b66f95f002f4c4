internal import Synchronization

/// Does many things side by side: as many as the machine bears, which is found out on the way.
public final class Crew: Sendable {
  private struct State {
    var waiting: ArraySlice<@Sendable () -> Load>
    var allowed: Int
  }

  /// What a piece of work tells of the machine.
  public enum Load: Sendable {
    /// It bears what it does.
    case fine
    /// It had more to do than it bears: from now on one less is done at once.
    case stalled
  }

  private let state: Mutex<State>
  private let size: Int

  /// - Parameter size: how many at once at most.
  public init(_ work: [@Sendable () -> Load], size: Int) {
    state = Mutex(State(waiting: work[...], allowed: size))
    self.size = size
  }

  /// Returns when all is done.
  public func run() throws(Errno) {
    var threads: [Thread] = []
    for place in 0..<size {
      threads.append(try Thread(named: "crew") { self.work(place) })
    }
    for thread in threads { thread.join() }
  }

  /// Each member leaves for good once fewer are allowed than its place.
  private func work(_ place: Int) {
    while let piece = next(place) {
      let load = piece()
      if load == .stalled { state.withLock { $0.allowed = max(1, $0.allowed - 1) } }
    }
  }

  private func next(_ place: Int) -> (@Sendable () -> Load)? {
    state.withLock { state in place < state.allowed ? state.waiting.popFirst() : nil }
  }
}
