public import Basics

/// What a link does to the frames that cross it in one direction; the default does nothing.
///
/// The words and their meaning are those of tc-netem(8), so that a reader knows them, with one
/// difference: jitter alone never reorders (see `jitter`).
public struct Impairment: Hashable, Sendable {
  /// Nothing passes, while both ends still see a carrier: a black hole.
  public var isCut = false
  /// How long each frame is held.
  public var delay: Duration = .zero
  /// How far delays lie from `delay`, as `distribution` says; none is below zero.
  ///
  /// Frames keep their order: one that would overtake another leaves together with it. TCP takes
  /// reordering for loss, and a link that merely wavers does not reorder; ask for `reordering`
  /// where that is what is meant.
  public var jitter: Duration = .zero
  /// How delays lie around `delay`; `jitter` is the scale.
  public var distribution = DelayDistribution.uniform
  /// How much of a frame's deviation stays for the next one: 0 draws each by itself, near 1 the delay wanders slowly.
  /// The distribution stays what it is, unlike netem's, which correlation narrows.
  public var correlation: Ratio = .none
  /// The share of frames that is lost, each by itself unless `lossBurst` says otherwise.
  public var loss: Ratio = .none
  /// How many frames in a row are lost at a time, on average: Gilbert's model, in which a link is good or bad,
  /// and a bad one loses everything ("Capacity of a Burst-Noise Channel", 1960). At 1 each frame is lost by itself.
  public var lossBurst: Double = 1
  /// A frame with a larger packet in it is lost and nobody is told: a black hole behind a lower MTU. In
  /// bytes, the Ethernet header aside; nil: none is too large.
  public var largestPacket: Int?
  /// What is sent in the place of some frames; nil: nothing.
  public var forgery: Forgery?
  /// Cut and whole in turn; nil: as `isCut` says.
  public var flapping: Flapping?
  /// The share of frames that arrives twice.
  public var duplication: Ratio = .none
  /// The share of frames that is held back for `reorderingGap`, so that later ones overtake it.
  public var reordering: Ratio = .none
  /// How long a reordered frame is held back beyond its delay.
  public var reorderingGap: Duration = .milliseconds(1)
  /// The share of frames in which one bit behind the Ethernet header is flipped.
  ///
  /// Such damage is what a checksum above Ethernet must find: on a real wire Ethernet's own check
  /// drops a damaged frame, and that is `loss`.
  public var corruption: Ratio = .none
  /// The most that passes, in bits per second of whole Ethernet frames; nil: no bound.
  ///
  /// What comes faster waits in a queue of `rateQueue` and is dropped when that is full.
  public var rateBitsPerSecond: Int?
  /// How much traffic may wait for a bounded rate, in time at that rate; never less than 32 KiB.
  public var rateQueue: Duration = .milliseconds(100)

  /// Does nothing to any frame.
  public init() {}

  /// Nothing passes.
  public static var cut: Impairment {
    var impairment = Impairment()
    impairment.isCut = true
    return impairment
  }

  /// Every frame is held for `delay`, give or take `jitter`.
  public static func delay(_ delay: Duration, jitter: Duration = .zero) -> Impairment {
    var impairment = Impairment()
    impairment.delay = delay
    impairment.jitter = jitter
    return impairment
  }

  /// Cut and whole in turn, by the clock: so all links that flap on one period do it together.
  public struct Flapping: Hashable, Sendable {
    /// From one cut to the next; above zero.
    public let period: Duration
    /// How long it is cut, at the beginning of each period.
    public let cut: Duration

    /// The caller promises a period above zero, and above `cut`.
    public init(period: Duration, cut: Duration) {
      self.period = period
      self.cut = cut
    }

    /// Whether nothing passes at a moment.
    public func isCut(at now: Instant) -> Bool {
      now.nanoseconds % period.nanoseconds < cut.nanoseconds
    }
  }

  /// Each frame is lost with this probability.
  public static func loss(_ loss: Ratio) -> Impairment {
    var impairment = Impairment()
    impairment.loss = loss
    return impairment
  }

  /// The longest that a frame is held, a queue behind a rate included.
  public var longestHold: Duration {
    delay + jitter * distribution.farthest + (reordering > .none ? reorderingGap : .zero)
      + (rateBitsPerSecond == nil ? .zero : rateQueue)
  }

  /// Whether it does nothing at all.
  public var isClean: Bool {
    !isCut && !isHolding && !isPerFrame && flapping == nil && forgery == nil
  }

  /// Whether each frame of the wire needs a decision of its own, so that a packet the sender has
  /// not cut into frames cannot be treated as one.
  public var isPerFrame: Bool {
    loss > .none || duplication > .none || reordering > .none || corruption > .none
      || rateBitsPerSecond != nil || largestPacket != nil
  }

  /// Whether frames may have to wait, so that timing matters.
  public var isHolding: Bool {
    delay > .zero || jitter > .zero || reordering > .none || rateBitsPerSecond != nil
  }
}
