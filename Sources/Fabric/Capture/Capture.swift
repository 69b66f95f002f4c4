internal import CLinux
public import Linux
internal import Synchronization

/// A recording of what was sent, in the pcapng format with nanosecond stamps, for any reader; each
/// plugged-in node is an interface of its own, `node@segment`.
///
/// A frame is recorded as it comes in from its sender, before the fabric decides its fate, so the
/// file shows what was said even where nobody could hear it; what became of it is in the counters.
/// A packet that its sender left uncut is recorded uncut, as on any host with segmentation offload.
///
/// Memory is bounded: what is sent faster than the file takes it is lost, counted (here and in the file),
/// and the next frame's comment tells of it.
public final class Capture: Sendable {
  /// The file; one that was there before is overwritten. With a ring, what its files are named after.
  public let path: String
  /// Which frames are kept, and how much of each.
  public let filter: CaptureFilter
  let queue: CaptureQueue
  private let thread: Linux.Thread
  private let outcome = CaptureOutcome()
  private let isClosed = Mutex(false)

  /// Creates the file and starts the thread that writes it.
  public convenience init(
    path: String, filter: CaptureFilter = CaptureFilter(), ring: CaptureRing? = nil,
    clock: RunClock
  ) throws(FabricError) {
    try self.init(path: path, filter: filter, ring: ring, queue: CaptureQueue(), clock: clock)
  }

  /// Writes into a file that is open, or a pipe: what its reader does not keep up with is lost.
  ///
  /// - Throws: `FabricError.refused` where there can be no thread.
  public convenience init(
    into file: consuming Descriptor, filter: CaptureFilter, clock: RunClock
  ) throws(FabricError) {
    do throws(Errno) { try file.waitForNobody() } catch { throw .refused(error) }
    let queue = CaptureQueue()
    let writer = CaptureWriter(into: file, queue: queue, clock: clock)
    try self.init(path: "", filter: filter, queue: queue, writer: writer)
  }

  convenience init(
    path: String, filter: CaptureFilter, ring: CaptureRing? = nil, queue: CaptureQueue,
    clock: RunClock
  ) throws(FabricError) {
    let writer = try CaptureWriter(path: path, ring: ring, queue: queue, clock: clock)
    try self.init(path: path, filter: filter, queue: queue, writer: writer)
  }

  private init(
    path: String, filter: CaptureFilter, queue: CaptureQueue, writer: CaptureWriter
  ) throws(FabricError) {
    self.path = path
    self.filter = filter
    self.queue = queue
    thread = try refusing { [outcome] () throws(Errno) in
      try Linux.Thread(named: "fabric-capture") { Self.run(writer, queue, outcome) }
    }
  }

  /// The body of the thread: writes until the queue is closed.
  private static func run(
    _ writer: CaptureWriter, _ queue: CaptureQueue, _ outcome: CaptureOutcome
  ) {
    // Favoured as the switch is, so that it keeps up; where that is refused, the switch says so.
    _ = cl_thread_favour()
    while let chunk = queue.next() {
      let failure = writer.write(chunk)
      outcome.note(failure, frames: chunk.frames, removedFiles: writer.removedFiles)
      queue.giveBack(chunk)
    }
    outcome.note(writer.close(), frames: 0, removedFiles: writer.removedFiles)
  }

  deinit { close() }

  /// What is known by now about the file; it may change until the capture is closed.
  public var summary: CaptureSummary { outcome.summary(lost: queue.lost.reduce(0, +)) }

  /// Writes what has been handed over and closes the file; first take the capture off the switch.
  /// Closing twice does no harm.
  ///
  /// - Parameter isUnread: nobody reads the pipe that it writes into any more: what finds no room there is lost.
  @discardableResult
  public func close(isUnread: Bool = false) -> CaptureSummary {
    if isUnread { queue.abandon() }
    let wasClosed = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return isClosed
    }
    if !wasClosed {
      queue.close()
      thread.join()
    }
    return summary
  }
}

/// How a capture went.
public struct CaptureSummary: Hashable, Sendable {
  /// Frames that the file took without an error.
  public var writtenFrames: UInt64 = 0
  /// Frames that are missing from the file: no room in the queue, or the file took no more.
  public var lostFrames: UInt64 = 0
  /// How many whole files of a ring gave way to newer ones.
  public var removedFiles = 0
  /// Why the file took no more, such as a full disk; the frames before that are readable.
  public var failure: FabricError?
}

/// What the writing thread reports.
private final class CaptureOutcome: Sendable {
  private let state = Mutex(CaptureSummary())

  func note(_ failure: FabricError?, frames: Int, removedFiles: Int) {
    state.withLock { state in
      state.removedFiles = removedFiles
      if let failure {
        state.failure = state.failure ?? failure
        state.lostFrames += UInt64(frames)
      } else {
        state.writtenFrames += UInt64(frames)
      }
    }
  }

  func summary(lost: UInt64) -> CaptureSummary {
    state.withLock { state in
      var summary = state
      summary.lostFrames += lost
      return summary
    }
  }
}
