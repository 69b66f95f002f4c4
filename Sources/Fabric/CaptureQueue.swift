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
    var lost: UInt64 = 0
  }

  private let state = Mutex(State())
  private let semaphore = Semaphore()

  /// A chunk to fill, nil when all are waiting to be written.
  func emptyChunk() -> CaptureChunk? {
    state.withLock { state in
      if let chunk = state.empty.popLast() { return chunk }
      guard state.made < Self.capacity else { return nil }
      state.made += 1
      return CaptureChunk()
    }
  }

  func put(_ chunk: CaptureChunk) {
    state.withLock { $0.full.append(chunk) }
    semaphore.raise()
  }

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

  /// Takes a written chunk back for another use; the caller must hold no other copy of it, or its
  /// memory would be made anew.
  func giveBack(_ chunk: consuming CaptureChunk) {
    chunk.clear()
    let cleared = chunk
    state.withLock { $0.empty.append(cleared) }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    semaphore.raise()
  }

  func countLost(_ frames: Int) { state.withLock { $0.lost += UInt64(frames) } }

  /// Frames that found no room, or that could not be written.
  var lost: UInt64 { state.withLock { $0.lost } }
}
