internal import Basics
internal import Links
internal import Packets

/// The switch's side of a capture: it packs frames into chunks and hands these over whole, never
/// waiting for the one who writes them.
struct CaptureSink {
  let queue: CaptureQueue
  let filter: CaptureFilter
  private var isWanted: [Bool] = []
  private var chunk: CaptureChunk?
  private var openedAt = Instant.start

  /// How long a frame may wait in a chunk that does not fill.
  static let patience = Duration.milliseconds(200)

  init(queue: CaptureQueue, filter: CaptureFilter) {
    self.queue = queue
    self.filter = filter
  }

  /// When an unfilled chunk is to be handed over; nil when there is none.
  var nextDue: Instant? { chunk == nil ? nil : openedAt.advanced(by: Self.patience) }

  /// Looks at the ports again, after one was attached.
  mutating func consider(_ ports: [SwitchCore.PortState], segments: [SegmentID]) {
    isWanted = ports.map { filter.isWanted(node: $0.node, segment: segments[$0.segment]) }
  }

  mutating func record(
    _ whole: UnsafeMutableRawBufferPointer, from port: Int, at now: Instant
  ) {
    guard isWanted[port] else { return }
    if chunk?.hasRoom(for: whole.count) == false { handOver() }
    if chunk == nil {
      chunk = queue.emptyChunk()
      openedAt = now
    }
    guard chunk != nil else { return queue.countLost(1) }
    unsafe chunk?.append(whole, keepsPayload: filter.keepsPayload, at: now)
  }

  /// Hands over what has waited long enough.
  mutating func flush(at now: Instant) {
    guard let due = nextDue, due <= now else { return }
    handOver()
  }

  mutating func handOver() {
    guard let full = chunk else { return }
    chunk = nil
    queue.put(full)
  }
}
