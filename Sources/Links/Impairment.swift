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
  /// Each frame's delay lies evenly between `delay - jitter` and `delay + jitter`, not below zero.
  ///
  /// Frames keep their order: one that would overtake another leaves together with it. TCP takes
  /// reordering for loss, and a link that merely wavers does not reorder; ask for `reordering`
  /// where that is what is meant.
  public var jitter: Duration = .zero
  /// The share of frames that is lost, each by itself.
  public var loss: Ratio = .none
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

  /// Each frame is lost with this probability.
  public static func loss(_ loss: Ratio) -> Impairment {
    var impairment = Impairment()
    impairment.loss = loss
    return impairment
  }

  /// Whether it does nothing at all.
  public var isClean: Bool { !isCut && !isHolding && !isPerFrame }

  /// Whether each frame of the wire needs a decision of its own, so that a packet the sender has
  /// not cut into frames cannot be treated as one.
  public var isPerFrame: Bool {
    loss > .none || duplication > .none || reordering > .none || corruption > .none
      || rateBitsPerSecond != nil
  }

  /// Whether frames may have to wait, so that timing matters.
  public var isHolding: Bool {
    delay > .zero || jitter > .zero || reordering > .none || rateBitsPerSecond != nil
  }
}
