internal import Bindings
internal import Linux
internal import Synchronization

/// One life of a driver's program: what it was asked and has not answered. Once it has failed it stays so,
/// and everything that is open learns of it.
final class DriverSession: Sendable {
  /// What a waiting client gets.
  enum Reply: Sendable {
    case opened
    case prepared(DriverFailure?)
    case completed(DriverOutcome)
    /// The session failed first.
    case lost(String)
  }

  private struct Waiting {
    let client: Int
    let latch: Latch<Reply>
  }

  private struct State {
    var waiting: [Int: Waiting] = [:]
    /// Operations that nobody waits for any more, with their clients: each may be answered once.
    var late: [Int: Int] = [:]
    var opening: [Int: Latch<Reply>] = [:]
    var preparing: Latch<Reply>?
    var failure: String?
    var answers = 0
  }

  /// More than that unanswered, and the driver hangs.
  private static let mostLate = 10_000

  let program: ClientProgram
  private let state = Mutex(State())

  init(_ program: ClientProgram) { self.program = program }

  var failure: String? { state.withLock { $0.failure } }

  /// How many operations it has answered.
  var answers: Int { state.withLock { $0.answers } }

  /// Nil when the session has failed.
  func expectOpening(of client: Int) -> Latch<Reply>? {
    state.withLock { state in
      guard state.failure == nil else { return nil }
      let latch = Latch<Reply>()
      state.opening[client] = latch
      return latch
    }
  }

  /// Nil when the session has failed.
  func expectPreparation() -> Latch<Reply>? {
    state.withLock { state in
      guard state.failure == nil else { return nil }
      let latch = state.preparing ?? Latch<Reply>()
      state.preparing = latch
      return latch
    }
  }

  /// Nil when the session has failed.
  func expectCompletion(of id: Int, by client: Int) -> Latch<Reply>? {
    state.withLock { state in
      guard state.failure == nil else { return nil }
      let latch = Latch<Reply>()
      state.waiting[id] = Waiting(client: client, latch: latch)
      return latch
    }
  }

  /// It was not sent.
  func forget(_ id: Int) { state.withLock { _ = $0.waiting.removeValue(forKey: id) } }

  /// Nobody waits for it any more; an answer to it is none of the driver's faults.
  func renounce(_ id: Int) {
    let isFlooded = state.withLock { state in
      guard let waiting = state.waiting.removeValue(forKey: id) else { return false }
      state.late[id] = waiting.client
      return state.late.count > Self.mostLate
    }
    if isFlooded { fail("left \(Self.mostLate) operations unanswered") }
  }

  /// Hands an answer to who waits for it.
  ///
  /// - Returns: what the driver did wrong; nil when all is well.
  func take(_ answer: DriverAnswer) -> String? {
    switch answer {
    case .initialized: return "answered 'init' twice"
    case .prepared(let failure):
      guard let latch = state.withLock({ $0.preparing.take() }) else {
        return "answered a 'setup' that was not asked"
      }
      latch.set(.prepared(failure))
    case .opened(let client):
      guard let latch = state.withLock({ $0.opening.removeValue(forKey: client) }) else {
        return "said twice, or unasked, that client \(client) is open"
      }
      latch.set(.opened)
    case .completed(let client, let id, let outcome): return complete(id, client, outcome)
    }
    return nil
  }

  private func complete(_ id: Int, _ client: Int, _ outcome: DriverOutcome) -> String? {
    let (latch, wrong) = state.withLock { state -> (Latch<Reply>?, String?) in
      let owner = state.waiting[id]?.client ?? state.late[id]
      guard let owner else { return (nil, "answered operation \(id) twice, or unasked") }
      guard owner == client else {
        return (nil, "answered operation \(id) of client \(owner) for client \(client)")
      }
      state.late[id] = nil
      state.answers += 1
      return (state.waiting.removeValue(forKey: id)?.latch, nil)
    }
    latch?.set(.completed(outcome))
    return wrong
  }

  /// The program is not to be trusted any more; the first reason counts.
  func fail(_ reason: String) {
    let latches = state.withLock { state -> [Latch<Reply>] in
      guard state.failure == nil else { return [] }
      state.failure = reason
      let latches =
        state.waiting.values.map(\.latch) + Array(state.opening.values)
        + (state.preparing.map { [$0] } ?? [])
      state.waiting = [:]
      state.opening = [:]
      state.preparing = nil
      return latches
    }
    for latch in latches { latch.set(.lost(reason)) }
  }
}
