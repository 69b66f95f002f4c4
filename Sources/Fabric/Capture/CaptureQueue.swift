internal import Linux
internal import Synchronization

/// The bounded hand-over between the switch and the thread that writes a capture.
final class CaptureQueue: Sendable {
  /// Chunks under way at most, 64 MiB together: enough for a disk that pauses for a moment.
  static let capacity = 64

  private struct State {
    var full: [CaptureChunk] = []
    var empty: [CaptureChunk] = []
    var made = 0
    var isClosed = false
    var isAbandoned = false
    var interfaces: [String] = []
    var lost: [UInt64] = []
    var lateComments: [String] = []
  }

  private let state = Mutex(State())
  private let semaphore = Semaphore()
  private let capacity: Int

  /// A queue of at most that many chunks.
  init(capacity: Int = CaptureQueue.capacity) { self.capacity = capacity }

  /// A chunk to fill, nil when all are waiting to be written. The one that was written last is taken
  /// first, as it is the likeliest to be near a processor still.
  func emptyChunk() -> CaptureChunk? {
    state.withLock { state in
      if let chunk = state.empty.popLast() { return chunk }
      guard state.made < capacity else { return nil }
      state.made += 1
      return CaptureChunk()
    }
  }

  func put(_ chunk: CaptureChunk) {
    state.withLock { $0.full.append(chunk) }
    semaphore.raise()
  }

  /// Waits for a moment while most chunks wait to be written, so that a writing thread that found no
  /// processor has its turn; false when that was of no use.
  func giveWay(until deadline: Int64) -> Bool {
    while isNearlyFull {
      let now = MonotonicClock.nanoseconds
      guard now < deadline else { return false }
      MonotonicClock.sleep(until: min(deadline, now + Self.glance))
    }
    return true
  }

  /// How long one look waits for the next, in nanoseconds.
  private static let glance: Int64 = 50_000

  private var isNearlyFull: Bool { state.withLock { $0.full.count * 4 > capacity * 3 } }

  /// The next chunk to write; nil once the queue is closed and empty.
  func next() -> CaptureChunk? {
    while true {
      semaphore.wait()
      let (chunk, isClosed) = state.withLock { state in
        (state.full.isEmpty ? nil : state.full.removeFirst(), state.isClosed)
      }
      if let chunk { return chunk }
      if isClosed { return nil }
    }
  }

  /// Takes a written chunk back for another use.
  func giveBack(_ chunk: CaptureChunk) {
    chunk.clear()
    state.withLock { $0.empty.append(chunk) }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    semaphore.raise()
  }

  /// From now on nobody is waited for who does not read what is written.
  func abandon() { state.withLock { $0.isAbandoned = true } }

  var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

  /// Adds an interface behind those that are known.
  func addInterface(_ name: String) {
    state.withLock { state in
      state.interfaces.append(name)
      state.lost.append(0)
    }
  }

  /// By their numbers in the file.
  var interfaces: [String] { state.withLock { $0.interfaces } }

  func countLost(of interface: Int) { state.withLock { $0.lost[interface] += 1 } }

  /// Frames that found no room, by interface.
  var lost: [UInt64] { state.withLock { $0.lost } }

  /// What no packet came to carry before the capture ended.
  func leave(_ comments: [String]) { state.withLock { $0.lateComments += comments } }

  var lateComments: [String] { state.withLock { $0.lateComments } }
}
