public import Basics
internal import Links

/// What the fabric did to the frames of one directed pair: the evidence that a fault took effect.
///
/// A frame is one frame of the wire; a packet that crossed uncut counts as those it stands for.
public struct PairCounters: Hashable, Sendable {
  /// Sent this way, whatever became of them. Once none is under way, these and the copies made are those that
  /// passed and those that were dropped.
  public internal(set) var offeredFrames: UInt64 = 0
  /// Handed to the receiving interface, copies included.
  public internal(set) var passedFrames: UInt64 = 0
  /// Bytes of these, Ethernet headers included.
  public internal(set) var passedBytes: UInt64 = 0
  /// Frames that did not arrive, by reason.
  public internal(set) var dropped = DropCounts()
  /// Of those passed: how many were held for a time first.
  public internal(set) var delayedFrames: UInt64 = 0
  /// Copies made.
  public internal(set) var duplicatedFrames: UInt64 = 0
  /// Held back so that later ones might overtake them; counted when that is decided.
  public internal(set) var reorderedFrames: UInt64 = 0
  /// Chosen to have one bit flipped; counted when that is decided.
  public internal(set) var corruptedFrames: UInt64 = 0
  /// How long frames were really held that came in after the pair's policies last changed.
  public internal(set) var held = HoldingTimes()
  /// When a frame last passed; nil when none did.
  public internal(set) var lastPassed: Instant?
  /// When a frame was last dropped, for whatever reason; nil when none was.
  public internal(set) var lastDropped: Instant?

  /// Nothing has happened yet.
  public init() {}

  mutating func pass(frames: Int, bytes: Int, at now: Instant) {
    passedFrames &+= UInt64(frames)
    passedBytes &+= UInt64(bytes)
    lastPassed = now
  }

  mutating func drop(_ reason: DropReason, frames: Int, at now: Instant) {
    dropped.add(frames, reason)
    lastDropped = now
  }

  /// What has happened since an earlier copy; holding times and moments stay as they are now.
  public func since(_ earlier: PairCounters) -> PairCounters {
    var change = self
    change.offeredFrames -= earlier.offeredFrames
    change.passedFrames -= earlier.passedFrames
    change.passedBytes -= earlier.passedBytes
    change.dropped = dropped.since(earlier.dropped)
    change.delayedFrames -= earlier.delayedFrames
    change.duplicatedFrames -= earlier.duplicatedFrames
    change.reorderedFrames -= earlier.reorderedFrames
    change.corruptedFrames -= earlier.corruptedFrames
    return change
  }

  /// What two ports of the same nodes did together.
  mutating func merge(_ other: PairCounters) {
    offeredFrames += other.offeredFrames
    passedFrames += other.passedFrames
    passedBytes += other.passedBytes
    dropped.merge(other.dropped)
    delayedFrames += other.delayedFrames
    duplicatedFrames += other.duplicatedFrames
    reorderedFrames += other.reorderedFrames
    corruptedFrames += other.corruptedFrames
    held.merge(other.held)
    lastPassed = [lastPassed, other.lastPassed].compactMap(\.self).max()
    lastDropped = [lastDropped, other.lastDropped].compactMap(\.self).max()
  }
}

/// Frames that did not arrive, by reason.
public struct DropCounts: Hashable, Sendable {
  /// The link was cut, when they came or while they were on their way.
  public private(set) var cut: UInt64 = 0
  /// Chosen by a policy that loses a share of the frames.
  public private(set) var loss: UInt64 = 0
  /// Larger than what the link lets through.
  public private(set) var size: UInt64 = 0
  /// The link's rate was exceeded and its queue full.
  public private(set) var rate: UInt64 = 0
  /// A policy sent something else in their place.
  public private(set) var replaced: UInt64 = 0
  /// The node at either end was without power or unplugged.
  public private(set) var down: UInt64 = 0
  /// The receiving interface took no frames.
  public private(set) var refused: UInt64 = 0
  /// The harness could hold no more frames: no fault, and a reason to doubt the run.
  public private(set) var overflow: UInt64 = 0

  /// For whatever reason.
  public var total: UInt64 { cut + loss + size + rate + replaced + down + refused + overflow }

  mutating func add(_ frames: Int, _ reason: DropReason) {
    switch reason {
    case .cut: cut += UInt64(frames)
    case .loss: loss += UInt64(frames)
    case .size: size += UInt64(frames)
    case .rate: rate += UInt64(frames)
    case .replaced: replaced += UInt64(frames)
    case .down: down += UInt64(frames)
    case .refused: refused += UInt64(frames)
    case .overflow: overflow += UInt64(frames)
    }
  }

  func since(_ earlier: DropCounts) -> DropCounts {
    var change = self
    change.cut -= earlier.cut
    change.loss -= earlier.loss
    change.size -= earlier.size
    change.rate -= earlier.rate
    change.replaced -= earlier.replaced
    change.down -= earlier.down
    change.refused -= earlier.refused
    change.overflow -= earlier.overflow
    return change
  }

  mutating func merge(_ other: DropCounts) {
    cut += other.cut
    loss += other.loss
    size += other.size
    rate += other.rate
    replaced += other.replaced
    down += other.down
    refused += other.refused
    overflow += other.overflow
  }
}

/// How long frames were held, as measured between reading one and writing it.
public struct HoldingTimes: Hashable, Sendable {
  /// How many were measured; a packet that was held uncut counts once.
  public private(set) var count: UInt64 = 0
  private var start: Instant
  private var totalNanoseconds: Int64 = 0
  private var minimumNanoseconds: Int64 = .max
  private var maximumNanoseconds: Int64 = 0

  /// Nil when no frame was held.
  public var minimum: Duration? { count == 0 ? nil : .nanoseconds(minimumNanoseconds) }
  /// The longest; nil when no frame was held.
  public var maximum: Duration? { count == 0 ? nil : .nanoseconds(maximumNanoseconds) }
  /// Their sum by their count, in whole nanoseconds; nil when no frame was held.
  public var mean: Duration? {
    count == 0 ? nil : .nanoseconds(totalNanoseconds / Int64(count))
  }

  /// Counts frames that come in from `start` on: what was under way before shows what was done to
  /// it by policies of before.
  init(since start: Instant = .start) { self.start = start }

  mutating func add(from arrived: Instant, to now: Instant) {
    guard arrived >= start else { return }
    let nanoseconds = now.nanoseconds - arrived.nanoseconds
    count += 1
    totalNanoseconds += nanoseconds
    minimumNanoseconds = min(minimumNanoseconds, nanoseconds)
    maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
  }

  mutating func merge(_ other: HoldingTimes) {
    start = max(start, other.start)
    count += other.count
    totalNanoseconds += other.totalNanoseconds
    minimumNanoseconds = min(minimumNanoseconds, other.minimumNanoseconds)
    maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
  }
}
