public import Basics

/// One direction between two interfaces: a stack of named policies under virtual time.
///
/// A frame passes the policies in the order in which they were added, as if each were a device of
/// its own: delays add up, the first that drops it ends it. A policy may be about some frames only;
/// the others do not meet it, nor wait for those that do. Each policy draws from a stream of its
/// own, so that adding or lifting one does not change what another does. The same seed, policies
/// and frames give the same fates.
public struct Link: Sendable {
  private var stages: [Stage] = []
  private let chance: Chance
  private var lastDelivery: Int64 = .min

  /// Whether nothing at all passes at present.
  public private(set) var isCut = false
  /// Whether some policy is about some of the frames only, so that they must be told apart.
  public private(set) var isSelective = false
  /// Whether something is sent in the place of some frames at present.
  public private(set) var isForging = false
  /// Whether each frame of the wire needs a decision of its own at present.
  public private(set) var isPerFrame = false
  /// Whether frames may be held at present.
  public private(set) var isHolding = false

  /// A link without policies; each that is added draws from the stream of `chance` by its own name.
  public init(chance: Chance) { self.chance = chance }

  /// The names of the policies at work, in the order in which frames meet them.
  public var policies: [String] { stages.map(\.name) }

  /// Puts a policy behind those at work; one of the same name and match gives way to it, in its place.
  ///
  /// - Parameters:
  ///   - match: the frames that meet it; nil: all.
  ///   - ledger: a number that `ledgers` answers for frames that meet it.
  public mutating func add(
    _ name: String, _ impairment: Impairment, of match: FrameMatch? = nil, ledger: Int = 0
  ) {
    // A policy of several matches is several devices, each with a stream of its own.
    let place = match == nil ? 0 : stages.count { $0.name == name && $0.match != nil }
    let stream = place == 0 ? name : "\(name) \(place)"
    var stage = Stage(
      name: name, impairment, of: match, ledger: ledger, chance: chance.stream(stream))
    stage.lastDelivery = lastDelivery
    if let index = stages.firstIndex(where: { $0.name == name && $0.match == match }) {
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
    let removed = stages.filter { $0.name == name }
    guard !removed.isEmpty else { return nil }
    stages.removeAll { $0.name == name }
    summarize()
    let latest = now.nanoseconds + stages.reduce(0) { $0 + $1.longestDelay }
    lastDelivery = min(lastDelivery, latest)
    for index in stages.indices {
      stages[index].lastDelivery = min(stages[index].lastDelivery, latest)
    }
    // Its frames keep their places among those that it left alone.
    for stage in removed where stage.match != nil {
      lastDelivery = max(lastDelivery, min(stage.lastDelivery, latest))
    }
    return Instant(nanoseconds: latest)
  }

  /// Decides the fate of one frame of the wire that enters at `now`, or of a packet not yet cut
  /// into frames where `isPerFrame` is false. `now` never goes back.
  ///
  /// A frame never arrives before one that entered earlier and met the same policies, unless that one
  /// was reordered.
  ///
  /// - Parameter matching: what `matching` answers for the frame.
  public mutating func admit(at now: Instant, sizeBytes: Int, matching: [Int] = []) -> Fate {
    if stages.isEmpty, lastDelivery <= now.nanoseconds { return .delivered(Delivery(at: now)) }
    var passage = Passage(at: now.nanoseconds)
    for index in stages.indices {
      if stages[index].match != nil, !matching.contains(index) { continue }
      if let reason = stages[index].admit(&passage, sizeBytes: sizeBytes) {
        return .dropped(reason)
      }
    }
    if !passage.isReordered { keepOrder(&passage, matching) }
    return .delivered(
      Delivery(
        at: Instant(nanoseconds: passage.at), isDuplicated: passage.isDuplicated,
        isReordered: passage.isReordered, corruption: passage.corruption))
  }

  /// Which of the policies that are about some frames only are about this one, by their places.
  public func matching(_ traits: FrameTraits) -> [Int] {
    stages.indices.filter { stages[$0].match?.covers(traits) ?? false }
  }

  /// The ledgers of the policies at these places, each once.
  public func ledgers(of matching: [Int]) -> [Int] {
    matching.map { stages[$0].ledger }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// What is sent in the place of a frame that meets the policies at these places, by whichever comes first.
  public func forger(matching: [Int]) -> Forger? {
    for (place, stage) in stages.enumerated() {
      guard let forgery = stage.impairment.forgery else { continue }
      if stage.match == nil || matching.contains(place) {
        return Forger(policy: stage.name, forgery: forgery)
      }
    }
    return nil
  }

  /// Whether nothing that meets the policies at these places passes at present.
  public func isCut(matching: [Int]) -> Bool {
    isCut || matching.contains { stages[$0].impairment.isCut }
  }

  private mutating func keepOrder(_ passage: inout Passage, _ matching: [Int]) {
    guard !matching.isEmpty else {
      passage.at = max(passage.at, lastDelivery)
      lastDelivery = passage.at
      return
    }
    for place in matching { passage.at = max(passage.at, stages[place].lastDelivery) }
    for place in matching { stages[place].lastDelivery = passage.at }
  }

  private mutating func summarize() {
    isCut = stages.contains { $0.impairment.isCut && $0.match == nil }
    isSelective = stages.contains { $0.match != nil }
    isForging = stages.contains { $0.impairment.forgery != nil }
    isPerFrame = stages.contains { $0.impairment.isPerFrame }
    isHolding = stages.contains { $0.impairment.isHolding }
  }
}
