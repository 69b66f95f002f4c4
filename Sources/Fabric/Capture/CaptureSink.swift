internal import Basics
internal import Links
internal import Linux
internal import Packets

/// The switch's side of a capture: it fills chunks and hands these over whole, never waiting for the
/// one who writes them.
struct CaptureSink {
  let queue: CaptureQueue
  let filter: CaptureFilter
  private let wallOrigin: Int64
  /// By port: its interface's number in the file; nil where its frames are not wanted.
  private var interfaces: [Int?] = []
  private var described = 0
  private var chunk: CaptureChunk?
  private var openedAt = Instant.start
  /// What the next packets are to carry.
  private var comments: [String] = []
  private var missed = 0
  /// Not before, by the machine's clock: it was of no use a moment ago.
  private var giveWayFrom: Int64 = 0

  /// How long a frame may wait in a chunk that does not fill.
  static let patience = Duration.milliseconds(200)

  /// How long the network may be held up at a time so that the capture keeps up, in nanoseconds: no more than a
  /// machine's own scheduler takes, and where it does not help, no more than a fiftieth of the time.
  private static let courtesy: Int64 = 2_000_000

  /// - Parameter wallOrigin: the run's start in nanoseconds since 1970.
  init(queue: CaptureQueue, filter: CaptureFilter, wallOrigin: Int64) {
    self.queue = queue
    self.filter = filter
    self.wallOrigin = wallOrigin
  }

  /// When an unfilled chunk is to be handed over; nil when there is nothing in it.
  var nextDue: Instant? {
    guard let chunk, chunk.frames > 0 else { return nil }
    return openedAt.advanced(by: Self.patience)
  }

  /// Looks at the ports again, after one was attached; what a port is never changes.
  mutating func consider(_ ports: [SwitchCore.PortState], segments: [SegmentID]) {
    for port in ports[interfaces.count...] {
      let segment = segments[port.segment]
      guard filter.isWanted(node: port.node, segment: segment) else {
        interfaces.append(nil)
        continue
      }
      queue.addInterface("\(port.node)@\(segment)")
      interfaces.append(described)
      described += 1
    }
  }

  /// The next frame that is kept carries these words.
  mutating func comment(_ text: String) { comments.append(text) }

  /// Where the next frame from a port should be read to, if it is kept whole; nil where that is of no
  /// use, or where there is no room.
  mutating func room(for port: Int) -> UnsafeMutableRawBufferPointer? {
    guard filter.keepsPayload, interfaces[port] != nil else { return nil }
    makeRoom(for: FramePool.largestBytes)
    return unsafe chunk?.room
  }

  /// Whether a frame from a port is kept at all.
  func wants(_ port: Int, isProbe: Bool) -> Bool {
    interfaces[port] != nil && (!isProbe || filter.keepsProbes)
  }

  /// Keeps the frame that was read into `room`; nobody needs its offload header any more.
  mutating func keep(_ offload: OffloadHeader, byteCount: Int, from port: Int, at now: Instant) {
    guard let interface = interfaces[port], let chunk else { return }
    chunk.keep(entry(interface, offload, kept: byteCount, of: byteCount, at: now))
  }

  /// Copies as much of a frame as is to be kept.
  mutating func record(
    _ whole: UnsafeMutableRawBufferPointer, from port: Int, at now: Instant
  ) {
    guard let interface = interfaces[port] else { return }
    let offload = unsafe OffloadHeader(reading: whole.bytes)
    let frame = unsafe UnsafeRawBufferPointer(rebasing: whole[OffloadHeader.byteCount...])
    let kept = unsafe filter.keepsPayload ? frame.count : HeaderExtent.byteCount(of: frame.bytes)
    makeRoom(for: kept)
    guard let chunk else {
      missed += 1
      return queue.countLost(of: interface)
    }
    unsafe chunk.append(frame, entry(interface, offload, kept: kept, of: frame.count, at: now))
  }

  private mutating func makeRoom(for frameBytes: Int) {
    if let chunk, !chunk.hasRoom(for: frameBytes) { handOver() }
    if chunk == nil { chunk = queue.emptyChunk() }
  }

  private mutating func entry(
    _ interface: Int, _ offload: OffloadHeader, kept: Int, of original: Int, at now: Instant
  ) -> CaptureChunk.Entry {
    if chunk?.frames == 0 { openedAt = now }
    return CaptureChunk.Entry(
      interface: interface, stamp: wallOrigin + now.nanoseconds, offload: offload,
      keptBytes: kept, originalBytes: original, comments: takeComments())
  }

  private mutating func takeComments() -> [String] {
    if missed > 0 {
      comments.append("\(missed) frames before this one are missing: the capture was too slow")
      missed = 0
    }
    guard !comments.isEmpty else { return [] }
    let count = PcapngBlock.packetCapacity(for: comments)
    defer { comments.removeFirst(count) }
    return Array(comments[..<count])
  }

  /// Hands over what has waited long enough.
  mutating func flush(at now: Instant) {
    guard let due = nextDue, due <= now else { return }
    handOver()
  }

  /// Hands over all there is, also what no packet came to carry.
  mutating func finish() {
    handOver()
    queue.leave(comments)
    comments = []
  }

  private mutating func handOver() {
    guard let full = chunk else { return }
    chunk = nil
    queue.put(full)
    let now = MonotonicClock.nanoseconds
    guard now >= giveWayFrom, !queue.giveWay(until: now + Self.courtesy) else { return }
    giveWayFrom = now + 50 * Self.courtesy
  }
}
