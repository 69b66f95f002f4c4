public import Basics

/// One direction between two interfaces: a stack of named policies under virtual time.
///
/// A frame passes the policies in the order in which they were added, as if each were a device of
/// its own: delays add up, the first that drops it ends it. Each policy draws from a stream of its
/// own, so that adding or lifting one does not change what another does. The same seed, policies
/// and frames give the same fates.
public struct Link: Sendable {
  private var stages: [Stage] = []
  private let chance: Chance
  private var lastDelivery: Int64 = .min

  /// Whether nothing passes at present.
  public private(set) var isCut = false
  /// Whether each frame of the wire needs a decision of its own at present.
  public private(set) var isPerFrame = false
  /// Whether frames may be held at present.
  public private(set) var isHolding = false

  /// A link without policies; each that is added draws from the stream of `chance` by its own name.
  public init(chance: Chance) { self.chance = chance }

  /// The names of the policies at work, in the order in which frames meet them.
  public var policies: [String] { stages.map(\.name) }

  /// Puts a policy behind those at work; one of the same name gives way to it, in its place.
  public mutating func add(_ name: String, _ impairment: Impairment) {
    let stage = Stage(name: name, impairment, chance: chance.stream(name))
    if let index = stages.firstIndex(where: { $0.name == name }) {
      stages[index] = stage
    } else {
      stages.append(stage)
    }
    summarize()
  }

  /// Takes away the policy of that name and no other; nil when there is none.
  ///
  /// Healing takes effect at once. The answer is the moment by which every frame that is under way
  /// arrives at the latest, in its order: what the policies that remain could hold it for. The
  /// caller, who keeps these frames, brings them forward.
  @discardableResult
  public mutating func remove(_ name: String, at now: Instant) -> Instant? {
    guard let index = stages.firstIndex(where: { $0.name == name }) else { return nil }
    stages.remove(at: index)
    summarize()
    let latest = now.nanoseconds + stages.reduce(0) { $0 + $1.longestDelay }
    lastDelivery = min(lastDelivery, latest)
    return Instant(nanoseconds: latest)
  }

  /// Decides the fate of one frame of the wire that enters at `now`, or of a packet not yet cut
  /// into frames where `isPerFrame` is false. `now` never goes back.
  ///
  /// A frame never arrives before one that entered earlier, unless that one was reordered.
  public mutating func admit(at now: Instant, sizeBytes: Int) -> Fate {
    if stages.isEmpty, lastDelivery <= now.nanoseconds { return .delivered(Delivery(at: now)) }
    var passage = Passage(at: now.nanoseconds)
    for index in stages.indices {
      if let reason = stages[index].admit(&passage, sizeBytes: sizeBytes) {
        return .dropped(reason)
      }
    }
    if !passage.isReordered {
      passage.at = max(passage.at, lastDelivery)
      lastDelivery = passage.at
    }
    return .delivered(
      Delivery(
        at: Instant(nanoseconds: passage.at), isDuplicated: passage.isDuplicated,
        isReordered: passage.isReordered, corruption: passage.corruption))
  }

  private mutating func summarize() {
    isCut = stages.contains { $0.impairment.isCut }
    isPerFrame = stages.contains { $0.impairment.isPerFrame }
    isHolding = stages.contains { $0.impairment.isHolding }
  }
}
