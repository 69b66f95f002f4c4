internal import Linux
internal import Synchronization

/// What everybody who looks on is told, in order. Each event is made into bytes once, however many look on, and
/// kept for a while: who falls further behind than that is dropped, and holds nobody up.
public final class EventFeed: Sendable {
  /// How much of it there may be.
  public struct Limits: Sendable {
    /// How many may look on at once.
    public var viewers: Int
    /// How many events are kept for who is behind.
    public var events: Int
    /// How many bytes those may have.
    public var bytes: Int

    /// 32 viewers, 64 events and 4 MiB unless something else is said.
    public init(viewers: Int = 32, events: Int = 64, bytes: Int = 4 << 20) {
      self.viewers = viewers
      self.events = events
      self.bytes = bytes
    }
  }

  private struct State: Sendable {
    var kept: [[UInt8]] = []
    var keptBytes = 0
    /// The number of the first that is kept.
    var first = 0
    var isOver = false
    var viewers = 0
    /// Set with every event; a new one each time.
    var bell = Latch<Void>()
  }

  private let limits: Limits
  private let state = Mutex(State())

  /// Nothing has happened, and nobody looks on.
  public init(_ limits: Limits = Limits()) { self.limits = limits }

  /// How many look on.
  public var viewers: Int { state.withLock { $0.viewers } }

  /// Tells everybody who looks on.
  public func publish(_ event: ServerSentEvent) {
    let bytes = event.bytes
    ring { state in
      guard !state.isOver else { return }
      state.kept.append(bytes)
      state.keptBytes += bytes.count
      // The newest is kept, however long it is.
      while state.kept.count > 1,
        state.kept.count > limits.events || state.keptBytes > limits.bytes
      {
        state.keptBytes -= state.kept.removeFirst().count
        state.first += 1
      }
    }
  }

  /// Nothing more comes: who has been told everything is let go, and nobody new is taken.
  public func end() { ring { $0.isOver = true } }

  private func ring(_ change: (inout State) -> Void) {
    let bell = state.withLock { state in
      change(&state)
      let bell = state.bell
      state.bell = Latch()
      return bell
    }
    bell.set(())
  }

  /// Somebody looks on from now on, and is told first what has been so far.
  ///
  /// - Returns: nil where too many do, or it is over.
  public func join(_ first: ServerSentEvent) -> EventViewer? {
    state.withLock { state in
      guard !state.isOver, state.viewers < limits.viewers else { return nil }
      state.viewers += 1
      return EventViewer(
        self, ServerSentEvent.retry + first.bytes, next: state.first + state.kept.count)
    }
  }

  fileprivate func leave() { state.withLock { $0.viewers -= 1 } }

  fileprivate enum Found {
    case bytes([UInt8])
    case nothing(Latch<Void>)
    case end
  }

  fileprivate func find(_ number: Int) -> Found {
    state.withLock { state in
      guard number >= state.first else { return .end }
      if number < state.first + state.kept.count {
        return .bytes(state.kept[number - state.first])
      }
      return state.isOver ? .end : .nothing(state.bell)
    }
  }
}

/// One who looks on: takes the events of a feed one after the other, from one thread. Leaves with its last
/// reference.
public final class EventViewer: Sendable {
  private let feed: EventFeed
  private let place: Mutex<Place>

  private struct Place: Sendable {
    var first: [UInt8]?
    var next: Int
  }

  fileprivate init(_ feed: EventFeed, _ first: [UInt8], next: Int) {
    self.feed = feed
    place = Mutex(Place(first: first, next: next))
  }

  deinit { feed.leave() }

  /// What came next.
  public enum Next: Hashable, Sendable {
    case bytes([UInt8])
    /// Nothing until the deadline.
    case nothing
    /// It is over, or too much was missed.
    case end
  }

  /// Waits for the next event, until that moment of `MonotonicClock`.
  public func next(until deadline: Int64) -> Next {
    if let first = place.withLock({ $0.first.take() }) { return .bytes(first) }
    let number = place.withLock { $0.next }
    while true {
      switch feed.find(number) {
      case .bytes(let bytes):
        place.withLock { $0.next += 1 }
        return .bytes(bytes)
      case .end: return .end
      case .nothing(let bell):
        if bell.wait(until: deadline) == nil { return .nothing }
      }
    }
  }
}
