import Linux
import Synchronization

/// Does many things side by side: as many as the machine bears, which is found out on the way.
final class Crew: Sendable {
  private struct State {
    var waiting: ArraySlice<@Sendable () -> Load>
    var allowed: Int
    var busy = 0
  }

  /// What a piece of work tells of the machine.
  enum Load { case fine, stalled }

  private let state: Mutex<State>
  private let size: Int

  /// - Parameter size: how many at once at most.
  init(_ work: [@Sendable () -> Load], size: Int) {
    state = Mutex(State(waiting: work[...], allowed: size))
    self.size = size
  }

  /// Returns when all is done.
  func run() throws {
    let threads = try (0..<size).map { place in
      try Linux.Thread(named: "crew") { self.work(place) }
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
