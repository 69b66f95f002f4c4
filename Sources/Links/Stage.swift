internal import Basics

/// One named policy at work on one link: its numbers in nanoseconds, its own stream of chance, and
/// the queue behind its rate.
struct Stage: Sendable {
  let name: String
  let impairment: Impairment
  /// The frames that meet it; nil: all.
  let match: FrameMatch?
  /// Where its owner counts what it does.
  let ledger: Int
  /// When the last of the frames that only some policies meet, this among them, arrives.
  var lastDelivery = Int64.min
  private let delay: Int64
  private let jitter: UInt64
  private let gap: Int64
  private let bitsPerSecond: Double
  private let queue: Int64
  private var chance: Chance
  private var wander: Wander

  /// The longest a frame may be held on purpose, a queue behind a rate aside.
  var longestDelay: Int64 { delay + Int64(jitter) * Int64(impairment.distribution.farthest) }
  private var isBusyUntil: Int64 = 0
  /// Whether a burst of losses goes on.
  private var isBad = false

  init(
    name: String, _ impairment: Impairment, of match: FrameMatch?, ledger: Int, chance: Chance
  ) {
    self.name = name
    self.impairment = impairment
    self.match = match
    self.ledger = ledger
    self.chance = chance
    wander = Wander(correlation: impairment.correlation)
    delay = impairment.delay.nanoseconds
    jitter = UInt64(max(0, impairment.jitter.nanoseconds))
    gap = impairment.reorderingGap.nanoseconds
    bitsPerSecond = Double(max(1, impairment.rateBitsPerSecond ?? 1))
    queue = max(impairment.rateQueue.nanoseconds, Int64(32 * 1024 * 8 / bitsPerSecond * 1e9))
  }

  /// Takes a frame through this policy; nil when it goes on, changed in `passage`.
  mutating func admit(_ passage: inout Passage, sizeBytes: Int) -> DropReason? {
    if impairment.isCut { return .cut }
    if let flapping = impairment.flapping, flapping.isCut(at: Instant(nanoseconds: passage.at)) {
      return .cut
    }
    if let largest = impairment.largestPacket, sizeBytes > largest + Self.headerBytes {
      return .size
    }
    if isLost() { return .loss }
    if impairment.rateBitsPerSecond != nil {
      let start = max(passage.at, isBusyUntil)
      guard start - passage.at <= queue else { return .rate }
      isBusyUntil = start + Int64(Double(sizeBytes * 8) / bitsPerSecond * 1e9)
      passage.at = isBusyUntil
    }
    passage.at += delay
    if jitter > 0 { passage.at += max(deviation(), -delay) }
    if chance.roll(impairment.duplication) { passage.isDuplicated = true }
    if chance.roll(impairment.corruption) { passage.corruption = chance.next() }
    if chance.roll(impairment.reordering) {
      passage.isReordered = true
      passage.at += gap
    }
    return nil
  }
}

extension Stage {
  /// Ethernet's.
  private static let headerBytes = 14

  /// Draws how much more or less than its delay the frame is held, in nanoseconds.
  private mutating func deviation() -> Int64 {
    guard wander.correlation > .none || impairment.distribution != .uniform else {
      return Int64(chance.next() % (2 * jitter + 1)) - Int64(jitter)
    }
    let share = wander.next(&chance)
    return Int64(impairment.distribution.deviation(at: share) * Double(jitter))
  }

  /// Draws a loss, by itself or as part of a burst of the mean length.
  private mutating func isLost() -> Bool {
    guard impairment.lossBurst > 1 else { return chance.roll(impairment.loss) }
    let share = impairment.loss.value
    guard share < 1 else { return true }
    // The share of the time that is bad is begins / (begins + ends).
    let ends = 1 / impairment.lossBurst
    let begins = min(1, ends * share / (1 - share))
    isBad = chance.roll(Ratio(isBad ? 1 - ends : begins))
    return isBad
  }
}

/// A frame on its way through the stages of a link.
struct Passage {
  var at: Int64
  var isDuplicated = false
  var isReordered = false
  var corruption: UInt64?
}
